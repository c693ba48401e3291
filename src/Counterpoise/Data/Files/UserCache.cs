namespace Counterpoise.Data.Files;

/// <summary>Where what was fetched is kept for one user, whatever the data: in XDG_CACHE_HOME, or else .cache of the home folder.</summary>
internal static class UserCache
{
    private const string Variable = "XDG_CACHE_HOME";
    private const string Usual = ".cache";
    private const string Own = "counterpoise";

    /// <summary>This library's folder there.</summary>
    internal static string Folder
    {
        get
        {
            string? wanted = Environment.GetEnvironmentVariable(Variable);
            return Path.Combine(
                Path.IsPathFullyQualified(wanted ?? "")
                    ? wanted!
                    : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Usual),
                Own
            );
        }
    }
}
