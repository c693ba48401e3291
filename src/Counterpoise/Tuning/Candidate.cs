using Counterpoise.Basics;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Tuning;

/// <summary>One way to train that a choice compares with others.</summary>
/// <param name="Name">What people know it by.</param>
/// <param name="Settings">What it sets of the recipe, in order.</param>
internal sealed record Candidate(string Name, ValueList<Assignment> Settings)
{
    private const char AfterName = ':';

    /// <summary>What it costs to train and to use, from the cheapest: a classifier on features, a fine-tuned network, one from scratch.</summary>
    internal int Cost =>
        Sets("data.features") ? 0
        : Sets("pretrained") ? 1
        : 2;

    /// <summary>One line, which <see cref="Parse"/> reads.</summary>
    public override string ToString() => $"{Name}{AfterName} {string.Join(' ', Settings)}";

    private bool Sets(string key) => Settings.Any(setting => setting.Key == key);

    /// <summary>Reads a line such as <c>probe erm: data.features=resnet18 method=erm</c>.</summary>
    /// <exception cref="UsageException">It has another form.</exception>
    internal static Candidate Parse(string line)
    {
        int end = line.IndexOf(AfterName, StringComparison.Ordinal);
        string[] settings = line[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return end > 0 && settings.All(setting => setting.IndexOf('=', StringComparison.Ordinal) > 0)
            ? new Candidate(
                line[..end].Trim(),
                new ValueList<Assignment>([
                    .. settings
                        .Select(setting => setting.Split('=', 2))
                        .Select(pair => new Assignment(pair[0], pair[1])),
                ])
            )
            : throw new UsageException(
                $"{Named("over")} {line} is no candidate; expected a name, a colon and settings, such as 'plain: method=erm'."
            );
    }
}
