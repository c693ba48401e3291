using System.Diagnostics;

namespace Counterpoise.Tests;

/// <summary>A small file system in memory. Making one needs root on Linux; a test that cannot is skipped.</summary>
internal sealed class FullDisk : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public FullDisk(int kilobytes = 64)
    {
        if (
            !OperatingSystem.IsLinux()
            || Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "none", folder.Path) != 0
        )
        {
            folder.Dispose();
            Assert.Skip("A small file system cannot be mounted here; that needs root on Linux.");
        }
    }

    public string this[string name] => folder[name];

    /// <summary>Leaves no room for anything.</summary>
    public void Fill()
    {
        try
        {
            File.WriteAllBytes(folder["filler"], new byte[1 << 20]);
        }
        catch (IOException)
        {
            // Full now.
        }
    }

    public void Dispose()
    {
        _ = Run("umount", folder.Path);
        folder.Dispose();
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false }
            )!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
