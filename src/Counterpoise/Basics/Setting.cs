using System.Globalization;
using System.Reflection;

namespace Counterpoise.Basics;

/// <summary>One key of a settings record: its type, range and documentation, and how its values are read and written.</summary>
/// <param name="Key">The key in a recipe, snake_case.</param>
/// <param name="Property">The property behind it.</param>
/// <param name="Documentation">Description, unit and range.</param>
internal sealed record Setting(string Key, PropertyInfo Property, SettingAttribute Documentation)
{
    private const string Automatic = "auto";

    /// <summary>The settings of a record type, in the order they are declared.</summary>
    public static IReadOnlyList<Setting> Of(Type record) =>
        [
            .. record
                .GetProperties()
                .Select(property => (property, documentation: property.GetCustomAttribute<SettingAttribute>()))
                .Where(pair => pair.documentation is not null)
                .OrderBy(pair => pair.property.MetadataToken)
                .Select(pair => new Setting(SnakeCase(pair.property.Name), pair.property, pair.documentation!)),
        ];

    private Type ValueType => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>Whether the value <c>auto</c> is allowed.</summary>
    public bool HasAutomatic => Nullable.GetUnderlyingType(Property.PropertyType) is not null;

    /// <summary>The allowed words of a setting that is one of several; empty for others.</summary>
    public IReadOnlyList<string> Choices => ValueType.IsEnum ? [.. Enum.GetNames(ValueType).Select(KebabCase)] : [];

    /// <summary>What is expected, for error messages and help: type, range or choices, unit.</summary>
    public string Expectation
    {
        get
        {
            string type =
                Choices.Count > 0 ? string.Join(" | ", Choices)
                : ValueType == typeof(bool) ? "true | false"
                : ValueType == typeof(string) ? "text"
                : ValueType == typeof(double) ? "a number"
                : ValueType == typeof(ValueList<int>) ? "a list of whole numbers"
                : "a whole number";
            string range = (Documentation.Min, Documentation.Max) switch
            {
                (double.NegativeInfinity, double.PositiveInfinity) => "",
                (var min, double.PositiveInfinity) => Documentation.AboveMin ? $" above {min}" : $", {min} or more",
                (var min, var max) => Documentation.AboveMin ? $" above {min}, at most {max}" : $" from {min} to {max}",
            };
            string unit = Documentation.Unit.Length > 0 ? $" ({Documentation.Unit})" : "";
            return $"{type}{range}{unit}{(HasAutomatic ? $", or \"{Automatic}\"" : "")}";
        }
    }

    /// <summary>The value as it is written in a recipe.</summary>
    public string Write(object record) =>
        Property.GetValue(record) switch
        {
            null => $"\"{Automatic}\"",
            bool value => value ? "true" : "false",
            double value => value.ToString("R", CultureInfo.InvariantCulture) is var text && text.All(char.IsAsciiDigit)
                ? text + ".0"
                : text,
            ulong value and > long.MaxValue => $"\"{value}\"", // TOML's integers end at 2^63 - 1.
            string value => Quote(value),
            Enum value => $"\"{KebabCase(value.ToString())}\"",
            ValueList<int> value => value.ToString(),
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static string Quote(string text) =>
        $"\"{string.Concat(text.Select(c => c is '"' or '\\' ? $"\\{c}" : char.IsControl(c) ? $"\\u{(int)c:X4}" : $"{c}"))}\"";

    /// <summary>A copy of <paramref name="record"/> with another value.</summary>
    /// <param name="record">The record.</param>
    /// <param name="value">A TOML value (string, bool, long, double, list) or the text of one.</param>
    /// <param name="where">The full key and its file or option, for error messages.</param>
    /// <exception cref="UsageException">The value has another type or is out of range.</exception>
    public object With(object record, object value, string where)
    {
        object? parsed = Parse(value) ?? (HasAutomatic && IsAutomatic(value) ? null : throw Refusal(value, where));
        if (!IsAllowed(parsed))
        {
            throw Refusal(value, where);
        }

        object copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
        Property.SetValue(copy, parsed);
        return copy;
    }

    /// <summary>Refuses the value that a record has, which a program can set to anything of its type.</summary>
    /// <param name="record">The record.</param>
    /// <param name="where">The full key, for the error message.</param>
    /// <exception cref="UsageException">The value is out of range, or absent where <c>auto</c> is not allowed.</exception>
    internal void Check(object record, string where)
    {
        object? value = Property.GetValue(record);
        if (value is null ? !HasAutomatic : !IsAllowed(value))
        {
            throw Refusal(value ?? "null", where);
        }
    }

    private bool IsAllowed(object? value)
    {
        if (value is double or int or ulong)
        {
            double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
            bool low = Documentation.AboveMin ? number <= Documentation.Min : number < Documentation.Min;
            return !low && number <= Documentation.Max && double.IsFinite(number);
        }

        return value is not Enum || Enum.IsDefined(ValueType, value);
    }

    private static bool IsAutomatic(object value) => value is Automatic;

    private UsageException Refusal(object value, string where) =>
        new($"{where} is {Show(value)}, expected {Expectation}.");

    /// <summary>A TOML value as it is shown in messages.</summary>
    internal static string Show(object value) =>
        value switch
        {
            string text => text.Length == 0 ? "empty" : text,
            bool flag => flag ? "true" : "false",
            System.Collections.IDictionary or IDictionary<string, object> => "a section",
            System.Collections.IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Show))}]",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };

    private object? Parse(object value)
    {
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        Type type = ValueType;
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (type.IsEnum)
        {
            int index = Choices.ToList().IndexOf(text);
            return index < 0 ? null : Enum.GetValues(type).GetValue(index);
        }

        return type switch
        {
            _ when type == typeof(string) => value as string,
            _ when type == typeof(bool) => bool.TryParse(text, out bool flag) ? flag : null,
            _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out int n)
                ? n
                : null,
            _ when type == typeof(ulong) => ulong.TryParse(text, NumberStyles.None, culture, out ulong n) ? n : null,
            _ when type == typeof(double) => double.TryParse(text, NumberStyles.Float, culture, out double x)
                ? x
                : null,
            _ when type == typeof(ValueList<int>) => ParseList(value, text),
            _ => throw new InvalidOperationException($"Settings of type {type} are not supported."),
        };
    }

    private static ValueList<int>? ParseList(object value, string text)
    {
        IEnumerable<string> items = value is System.Collections.IEnumerable list and not string
            ? list.Cast<object>().Select(item => Convert.ToString(item, CultureInfo.InvariantCulture) ?? "")
            : text.Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var numbers = new List<int>();
        foreach (string item in items)
        {
            if (!int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return null;
            }

            numbers.Add(number);
        }

        return new ValueList<int>(numbers);
    }

    internal static string SnakeCase(string name) => Separated(name, '_');

    internal static string KebabCase(string name) => Separated(name, '-');

    private static string Separated(string name, char separator) =>
        string.Concat(
            name.Select(
                (c, i) =>
                    char.IsUpper(c) && i > 0 ? $"{separator}{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"
            )
        );
}
