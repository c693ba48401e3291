namespace Counterpoise.Cli.Output;

/// <summary>Shows on a terminal how much of a file is there, on one line of standard error.</summary>
internal sealed class BytesProgress : IProgress<(long Done, long Total)>
{
    private readonly StatusLine status = new(Console.Error);

    public void Report((long Done, long Total) value)
    {
        string of = value.Total > 0 ? $" of {value.Total / 1e6:F0} MB, {100.0 * value.Done / value.Total:F0} %" : " MB";
        status.Show($"{value.Done / 1e6:F0}{of}");
        if (value.Done == value.Total)
        {
            status.End();
        }
    }
}
