[assembly: AssemblyFixture(typeof(Counterpoise.Tests.OneAtATime))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Counterpoise.Tests;

/// <summary>
/// Keeps test modules from running at the same time: <c>dotnet test</c> starts them together, and libtorch's threads,
/// which spin while they wait, make two trainings on the same processors ten times slower.
/// </summary>
public sealed class OneAtATime : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(30);

    private readonly FileStream held = Take(
        Path.Combine(Path.GetTempPath(), $"counterpoise-tests-{Environment.UserName}.lock")
    );

    public void Dispose() => held.Dispose();

    private static FileStream Take(string path)
    {
        DateTime end = DateTime.UtcNow + LongestWait;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (DateTime.UtcNow < end)
            {
                Thread.Sleep(100);
            }
        }
    }
}
