using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Counterpoise.Basics;
using Counterpoise.Data.Downloads;
using Counterpoise.Data.Files;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Networks;

/// <summary>
/// Parameters that were trained on ImageNet and published: those of timm's repositories on the Hugging Face hub, fetched
/// once and kept in the user's cache folder.
/// </summary>
internal sealed partial class PublishedParameters
{
    private const string FileName = "model.safetensors";
    private const string Ending = ".safetensors";
    private const string FolderName = "pretrained";

    /// <summary>torchvision's first parameters of the networks that have its names.</summary>
    private static readonly Dictionary<string, string> Repositories = new(StringComparer.Ordinal)
    {
        ["resnet18"] = "timm/resnet18.tv_in1k",
        ["resnet34"] = "timm/resnet34.tv_in1k",
        ["resnet50"] = "timm/resnet50.tv_in1k",
        ["resnext50"] = "timm/resnext50_32x4d.tv_in1k",
        ["densenet121"] = "timm/densenet121.tv_in1k",
    };

    private readonly string cache;
    private readonly HubFile file;

    /// <param name="repository">Such as <c>timm/resnet50.tv_in1k</c>.</param>
    /// <param name="access">The server.</param>
    /// <param name="cache">The folder that files are kept in, each repository in one of its own.</param>
    internal PublishedParameters(string repository, HubAccess access, string cache)
    {
        Repository = repository;
        this.cache = cache;
        file = new HubFile(access, repository, FileName)
        {
            Advice =
                $"Fetch it elsewhere and put it at {Path.Combine(Folder, FileName)}, or give a file with {Named("pretrained")}.",
        };
    }

    /// <summary>The names that stand for a repository; each is that of the network, too.</summary>
    internal static IReadOnlyCollection<string> Names => Repositories.Keys;

    /// <summary>The repository.</summary>
    internal string Repository { get; }

    /// <summary>What is told of it before it is used.</summary>
    internal string Note =>
        Kept is { } kept
            ? $"the network starts from {Repository}, kept as {kept}."
            : $"the network starts from {file.Address}, which is fetched once into {Folder}.";

    private string Folder => Path.Combine([cache, .. Repository.Split('/')]);

    /// <summary>The file that is kept, fetched or put there by hand; null for none.</summary>
    private string? Kept =>
        Directory.Exists(Folder)
            ? Directory.GetFiles(Folder, "*" + Ending) switch
            {
                [] => null,
                [string only] => only,
                var several => throw new CounterpoiseException(
                    $"{Folder}: holds {several.Length} files of parameters, expected one; remove all but that to start from."
                ),
            }
            : null;

    /// <summary>The parameters that a name stands for: one of <see cref="Names"/>, or a repository of timm's in full.</summary>
    /// <returns>Null where it names a file.</returns>
    /// <exception cref="UsageException">The environment names no server.</exception>
    internal static PublishedParameters? Find(string name) =>
        RepositoryOf(name) is { } repository
            ? new PublishedParameters(repository, HubAccess.OfEnvironment, Path.Combine(UserCache.Folder, FolderName))
            : null;

    /// <summary>The repository that a name stands for; null where it names a file.</summary>
    internal static string? RepositoryOf(string name) =>
        Repositories.TryGetValue(name, out string? repository) ? repository
        : Full().IsMatch(name) && !name.EndsWith(Ending, StringComparison.Ordinal) ? name
        : null;

    /// <summary>The file of what <c>pretrained</c> names, fetched where it is not there.</summary>
    /// <exception cref="CounterpoiseException">It cannot be fetched or kept, or is damaged.</exception>
    internal static string FileOf(string pretrained) => Find(pretrained)?.Require(CancellationToken.None) ?? pretrained;

    /// <summary>The file, fetched where it is not there.</summary>
    /// <param name="stop">Stops; what was fetched stays for the next call.</param>
    /// <exception cref="CounterpoiseException">It cannot be fetched or kept, or is damaged.</exception>
    internal string Require(CancellationToken stop)
    {
        try
        {
            return Whole() ?? Fetch(stop);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Writing(Folder, failure);
        }
    }

    private string Fetch(CancellationToken stop)
    {
        Directory.CreateDirectory(Folder);
        using IDisposable held = CacheLock.Take(Path.Combine(Folder, ".lock"), () => { }, stop);
        return Whole() ?? file.Fetch(Folder, stop);
    }

    /// <summary>The file that is kept; of one that was fetched the name says the content.</summary>
    private string? Whole()
    {
        string? kept = Kept;
        string? name = Path.GetFileNameWithoutExtension(kept);
        if (kept is null || !HubFile.IsDigest(name!))
        {
            return kept;
        }

        using FileStream content = File.OpenRead(kept);
        string found = Convert.ToHexStringLower(SHA256.HashData(content));
        return found == name
            ? kept
            : throw new CounterpoiseException(
                $"{kept}: has the SHA-256 {found}, expected that of its name; remove it, and it is fetched again."
            );
    }

    [GeneratedRegex("^timm/[A-Za-z0-9][A-Za-z0-9._-]*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Full();
}
