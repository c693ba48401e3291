namespace Counterpoise.Cli.Output;

/// <summary>A line that says how far each of several trainings is that go on at a time, and lines above it.</summary>
internal sealed class TrainingBars
{
    private readonly StatusLine status;
    private readonly Lock moving = new();
    private readonly SortedDictionary<string, string> trainings = new(StringComparer.Ordinal);

    private TrainingBars(StatusLine status) => this.status = status;

    /// <summary>Trains with a line that goes when training has ended.</summary>
    internal static T Show<T>(Func<TrainingBars, T> train)
    {
        var line = new StatusLine(Console.Out);
        try
        {
            return train(new TrainingBars(line));
        }
        finally
        {
            line.End();
        }
    }

    /// <summary>A line for people.</summary>
    internal void Say(string line) => status.Above(line);

    /// <summary>A training began, or has come to the end of an epoch.</summary>
    /// <param name="name">The training.</param>
    /// <param name="epoch">Completed epochs.</param>
    /// <param name="epochs">Epochs of all phases.</param>
    internal void Move(string name, int epoch, int epochs)
    {
        lock (moving)
        {
            trainings[name] = $"{name}: epoch {epoch}/{epochs}";
            status.Show([.. trainings.Values]);
        }
    }

    /// <summary>A training has ended.</summary>
    internal void End(string name)
    {
        lock (moving)
        {
            trainings.Remove(name);
            status.Show([.. trainings.Values]);
        }
    }
}
