using System.IO.Compression;
using Counterpoise.Tests;

namespace Counterpoise.Package.Tests;

/// <summary>A folder with all packages of the repository as it was built, under a version that no cache has.</summary>
public sealed class LocalFeed : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public LocalFeed()
    {
        Directory.CreateDirectory(Folder);
        Command = new Command(folder.Path, folder["packages"]); // The user's own stay as they are.

        // Everything that packages depend on was restored with the repository: nothing is asked of the network.
        File.WriteAllText(
            folder["nuget.config"],
            $"""
            <configuration>
              <packageSources><clear /><add key="feed" value="{Folder}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{Built.Packages}" /></fallbackPackageFolders>
            </configuration>
            """
        );
        try
        {
            Pack();
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public string Version { get; } = $"0.0.1-test.{Guid.NewGuid():N}";

    /// <summary>The feed.</summary>
    public string Folder => folder["feed"];

    /// <summary>Runs commands beside the feed, with the feed as the only source.</summary>
    internal Command Command { get; }

    /// <summary>A path beside the feed.</summary>
    public string this[string name] => folder[name];

    public FileInfo Package(string id) => new(Path.Combine(Folder, $"{id}.{Version}.nupkg"));

    public IReadOnlyList<string> FilesOf(string id)
    {
        using ZipArchive archive = ZipFile.OpenRead(Package(id).FullName);
        return [.. archive.Entries.Select(entry => entry.FullName)];
    }

    public string ReadFrom(string id, string file)
    {
        using ZipArchive archive = ZipFile.OpenRead(Package(id).FullName);
        using StreamReader reader = new(archive.GetEntry(file)!.Open());
        return reader.ReadToEnd();
    }

    public void Dispose() => folder.Dispose();

    private void Pack() =>
        new Command(Built.Repository).Dotnet(
            "pack",
            "--no-build",
            "--configuration",
            Built.Configuration,
            "--output",
            Folder,
            $"-p:PackageVersion={Version}",
            $"-p:ToolPackageRuntimeIdentifiers={Built.RuntimeIdentifier}"
        );
}
