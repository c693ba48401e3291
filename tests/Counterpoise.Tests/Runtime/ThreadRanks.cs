using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Counterpoise.Runtime;

namespace Counterpoise.Tests.Runtime;

/// <summary>Ranks that are threads of this process, for tests: sums are made in the order of the ranks.</summary>
internal sealed class ThreadRanks : Ranks
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private readonly Barrier barrier;
    private readonly object?[] given;
    private readonly ConcurrentDictionary<(int From, int To), ConcurrentQueue<string>> texts;

    private ThreadRanks(
        int rank,
        Barrier barrier,
        object?[] given,
        ConcurrentDictionary<(int From, int To), ConcurrentQueue<string>> texts
    )
    {
        Rank = rank;
        this.barrier = barrier;
        this.given = given;
        this.texts = texts;
    }

    public override int Rank { get; }

    public override int Count => given.Length;

    /// <summary>Runs the same on each of several ranks at the same time.</summary>
    public static T[] Run<T>(int count, Func<Ranks, T> work)
    {
        using var meeting = new Barrier(count);
        object?[] row = new object?[count];
        var messages = new ConcurrentDictionary<(int From, int To), ConcurrentQueue<string>>();
        var results = new T[count];
        Exception? failure = null;
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, count)
                .Select(rank => new Thread(() =>
                {
                    Allocator.LeavesNativeNumbers = true;
                    try
                    {
                        results[rank] = work(new ThreadRanks(rank, meeting, row, messages));
                    }
                    catch (Exception error)
                    {
                        Interlocked.CompareExchange(ref failure, error, null);
                        meeting.RemoveParticipant(); // The others must not wait for this one.
                    }
                })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return results;
    }

    public override void Sum(Span<float> numbers) => Sum(numbers, (sum, number) => sum + number);

    public override void Sum(Span<double> numbers) => Sum(numbers, (sum, number) => sum + number);

    public override void Sum(Span<int> numbers) => Sum(numbers, (sum, number) => sum + number);

    public override string FromFirst(string text) => (string)Meet(text)[0]!;

    public override void Send(int rank, string text) => Texts(Rank, rank).Enqueue(text);

    public override string? TryReceive(int rank) => Texts(rank, Rank).TryDequeue(out string? text) ? text : null;

    private ConcurrentQueue<string> Texts(int from, int to) => texts.GetOrAdd((from, to), _ => new());

    private void Sum<T>(Span<T> numbers, Func<T, T, T> add)
        where T : struct
    {
        T[][] all = [.. Meet(numbers.ToArray()).Select(row => (T[])row!)];
        Assert.All(all, row => Assert.Equal(all[0].Length, row.Length));
        for (int i = 0; i < numbers.Length; i++)
        {
            T sum = all[0][i];
            foreach (T[] row in all.Skip(1))
            {
                sum = add(sum, row[i]);
            }

            numbers[i] = sum;
        }
    }

    private object?[] Meet(object mine)
    {
        given[Rank] = mine;
        Wait();
        object?[] all = [.. given];
        Wait();
        return all;
    }

    private void Wait() => Assert.True(barrier.SignalAndWait(Longest), "A rank waited for others in vain.");
}
