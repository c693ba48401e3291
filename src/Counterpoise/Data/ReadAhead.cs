namespace Counterpoise.Data;

/// <summary>Reads batches in order, a few of them ahead on other threads where reading takes time.</summary>
internal static class ReadAhead
{
    private const int Batches = 2;

    /// <summary>The results of reading, in the order of the requests.</summary>
    /// <param name="requests">What to read.</param>
    /// <param name="read">Reads one; it makes its tensors in no dispose scope.</param>
    /// <param name="isSlow">Whether to read ahead.</param>
    /// <param name="drop">Disposes of a result that nobody takes any more, as the caller stopped.</param>
    /// <remarks>The caller disposes of what it takes. An error of reading comes up where its result would.</remarks>
    internal static IEnumerable<TResult> Of<TRequest, TResult>(
        IEnumerable<TRequest> requests,
        Func<TRequest, TResult> read,
        bool isSlow,
        Action<TResult> drop
    )
    {
        if (!isSlow)
        {
            foreach (TRequest request in requests)
            {
                yield return read(request);
            }

            yield break;
        }

        Queue<Task<TResult>> reading = new();
        try
        {
            foreach (TRequest request in requests)
            {
                reading.Enqueue(Task.Run(() => read(request)));
                if (reading.Count > Batches)
                {
                    yield return reading.Dequeue().GetAwaiter().GetResult();
                }
            }

            while (reading.Count > 0)
            {
                yield return reading.Dequeue().GetAwaiter().GetResult();
            }
        }
        finally
        {
            foreach (Task<TResult> left in reading)
            {
                Task.WaitAny(left); // Its error, if it has one, is not of interest any more.
                if (left.IsCompletedSuccessfully)
                {
                    drop(left.Result);
                }
            }
        }
    }
}
