using System.Xml.Linq;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;

namespace Counterpoise.Tests.Basics;

/// <summary>Range and default of every setting stand in its XML documentation, as the code has them.</summary>
public sealed class SettingDocumentationTests
{
    private static readonly Dictionary<string, string?> Values = XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, "Counterpoise.xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("value")?.Value);

    public static TheoryData<string> Records => [.. Defaults().Select(record => record.GetType().Name)];

    [Theory]
    [MemberData(nameof(Records))]
    public void The_documentation_of_a_setting_has_its_range_and_default(string record)
    {
        object defaults = Defaults().Single(settings => settings.GetType().Name == record);
        Assert.All(
            Setting.Of(defaults.GetType()),
            setting =>
                Assert.Equal(
                    $"{setting.Property.Name}: {ValueOf(setting, defaults)}",
                    $"{setting.Property.Name}: {Values[$"P:{defaults.GetType().FullName}.{setting.Property.Name}"]}"
                )
        );
    }

    private static string ValueOf(Setting setting, object defaults)
    {
        string standard = setting.Property.GetValue(defaults) switch
        {
            null => "null",
            Enum value => $"{value.GetType().Name}.{value}",
            _ => setting.Write(defaults),
        };
        bool isPlain = setting.Choices.Count > 0 || setting.Property.PropertyType == typeof(bool);
        string range = setting.Expectation.Replace("or \"auto\"", "or null for auto", StringComparison.Ordinal);
        return isPlain ? $"{standard} unless set" : $"{range}; {standard} unless set";
    }

    private static IEnumerable<object> Defaults() =>
        [
            Recipe.Erm,
            new DataSettings(),
            new TrainingSettings(),
            new MixingSettings(),
            .. MethodCatalogue.All.Where(method => Setting.Of(method.GetType()).Count > 0),
        ];
}
