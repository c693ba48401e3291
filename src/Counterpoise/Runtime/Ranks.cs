namespace Counterpoise.Runtime;

/// <summary>
/// The processes that train one model together, seen from one of them. Operations are collective unless they say otherwise:
/// all ranks call them, in the same order and with the same lengths, and all get the same bits.
/// </summary>
internal abstract class Ranks
{
    /// <summary>A single process: every operation leaves its numbers as they are.</summary>
    public static Ranks Alone { get; } = new One();

    /// <summary>Which of them this process is, from 0.</summary>
    public abstract int Rank { get; }

    /// <summary>How many there are.</summary>
    public abstract int Count { get; }

    /// <summary>Whether this process is the one that writes and prints.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Replaces every number by its sum over the ranks.</summary>
    /// <param name="numbers">In contiguous memory.</param>
    public abstract void Sum(Span<float> numbers);

    /// <inheritdoc cref="Sum(Span{float})"/>
    public abstract void Sum(Span<double> numbers);

    /// <inheritdoc cref="Sum(Span{float})"/>
    public abstract void Sum(Span<int> numbers);

    /// <summary>The first rank's text, on every rank; what others give is not looked at.</summary>
    public abstract string FromFirst(string text);

    /// <summary>Sends a text to one rank; not collective.</summary>
    public abstract void Send(int rank, string text);

    /// <summary>The next text that a rank has sent here, or null where there is none yet; not collective.</summary>
    public abstract string? TryReceive(int rank);

    /// <summary>One number's sum over the ranks.</summary>
    public double Sum(double number)
    {
        Span<double> numbers = [number];
        Sum(numbers);
        return numbers[0];
    }

    /// <summary>Whether any rank says so.</summary>
    public bool Any(bool here) => Sum(here ? 1.0 : 0) > 0;

    /// <summary>Does something on the first rank, and then on the others: what makes a file that others find made.</summary>
    public T FirstThenOthers<T>(Func<T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        if (Count == 1)
        {
            return make();
        }

        T? made = IsFirst ? make() : default;
        _ = Any(false);
        return IsFirst ? made! : make();
    }

    /// <summary>The part of a row of things that is this rank's: consecutive ones, as many on each rank as can be.</summary>
    /// <param name="count">The length of the row.</param>
    /// <param name="parts">How many parts the row has, a multiple of the ranks; a rank has as many of them as any other.</param>
    public Range ShareOf(int count, int parts)
    {
        int own = parts / Count;
        return Start(count, parts, Rank * own)..Start(count, parts, (Rank + 1) * own);
    }

    /// <summary>The part of a row of things that is this rank's.</summary>
    public Range ShareOf(int count) => ShareOf(count, Count);

    /// <summary>Where a part of a row begins: the first ones are longer by one where the row cannot be divided.</summary>
    /// <remarks>So the parts of a rank's share begin where they do in the whole row.</remarks>
    internal static int Start(int count, int parts, int part) =>
        (part * (count / parts)) + Math.Min(part, count % parts);

    private sealed class One : Ranks
    {
        public override int Rank => 0;

        public override int Count => 1;

        public override void Sum(Span<float> numbers) { }

        public override void Sum(Span<double> numbers) { }

        public override void Sum(Span<int> numbers) { }

        public override string FromFirst(string text) => text;

        public override void Send(int rank, string text) =>
            throw new InvalidOperationException("There is no other rank.");

        public override string? TryReceive(int rank) => null;
    }
}
