using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Data;

namespace Counterpoise.Features;

/// <summary>What a JSON file beside an ONNX file says of its images, in one of the forms that are common.</summary>
internal static class DemandsFile
{
    private const string Advice =
        "correct it, or remove the file and name size, mean and deviation in the recipe (data.image_size, data.features_mean, data.features_std)";

    private const int Bilinear = 2;

    /// <summary>Reads the first that there is: of the model's own name, <c>preprocessor_config.json</c> (Hugging Face), <c>config.json</c> (timm).</summary>
    /// <param name="model">The path of the ONNX file.</param>
    /// <returns>Null where there is none that says anything.</returns>
    /// <exception cref="CounterpoiseException">A value makes no sense.</exception>
    internal static ImageDemands? Beside(string model)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(model))!;
        string[] names =
        [
            Path.ChangeExtension(Path.GetFileName(model), ".json"),
            "preprocessor_config.json",
            "config.json",
        ];
        return names.Select(name => Read(Path.Combine(folder, name))).FirstOrDefault(said => said is not null);
    }

    private static ImageDemands? Read(string path)
    {
        if (JsonFormat.Read(path, "Correct or remove it.") is not { } content)
        {
            return null;
        }

        var fields = new JsonFields(content, path, Advice);
        var said = new ImageDemands(Path.GetFileName(path));
        return content.ContainsKey("pretrained_cfg") ? OfTimm(fields.Fields("pretrained_cfg")!, said)
            : content.ContainsKey("input_size") ? OfTimm(fields, said)
            : content.ContainsKey("image_mean") || content.ContainsKey("do_resize") || content.ContainsKey("size")
                ? OfHub(fields, said)
            : Own(fields, said) is { IsEmpty: false } own ? own
            : null;
    }

    /// <summary>The names that exports of this library have in their metadata.</summary>
    private static ImageDemands Own(JsonFields fields, ImageDemands said) =>
        said with
        {
            Size = Side(fields, "image_size", ImageDemands.LargestSize),
            Resize = Side(fields, "resize") is { } resize
                ? resize >= (fields.Count("image_size") ?? resize)
                    ? resize
                    : throw fields.Wrong("resize", "at least image_size")
                : null,
            Rule = fields.Text("resize_rule") switch
            {
                null => null,
                "square" => ResizeRule.Square,
                "shorter_side" => ResizeRule.ShorterSide,
                _ => throw fields.Wrong("resize_rule", "square or shorter_side"),
            },
            Mean = Channels(fields, "mean", isPositive: false),
            Std = Channels(fields, "std", isPositive: true),
            Order = fields.Text("order") switch
            {
                null => null,
                "rgb" => ChannelOrder.Rgb,
                "bgr" => ChannelOrder.Bgr,
                _ => throw fields.Wrong("order", "rgb or bgr"),
            },
        };

    private static ImageDemands OfTimm(JsonFields fields, ImageDemands said)
    {
        int? size = null;
        if (fields.Counts("input_size") is { } shape)
        {
            size =
                shape is [3, var height, var width] && height == width
                    ? Within(fields, "input_size", height, ImageDemands.LargestSize)
                    : throw fields.Wrong("input_size", "[3, size, size]");
        }

        double part = fields.Number("crop_pct") ?? 1;
        if (part is not (> 0 and <= 1))
        {
            throw fields.Wrong("crop_pct", "a number above 0, up to 1");
        }

        List<string> undone = [];
        string filter = fields.Text("interpolation") ?? "bilinear";
        Undo(undone, filter != "bilinear", $"interpolation {filter}");
        string mode = fields.Text("crop_mode") ?? "center";
        Undo(undone, mode is not ("center" or "squash"), $"crop_mode {mode}");
        return said with
        {
            Size = size,
            Resize = size is { } side ? (int)Math.Floor(side / part) : null,
            Rule =
                size is null ? null
                : mode == "squash" ? ResizeRule.Square
                : ResizeRule.ShorterSide,
            Mean = Channels(fields, "mean", isPositive: false),
            Std = Channels(fields, "std", isPositive: true),
            Order = size is null ? null : ChannelOrder.Rgb,
            Undone = undone,
        };
    }

    /// <summary>As (x factor - mean) / std, where rescaling and normalising can each be left out.</summary>
    private static ImageDemands OfHub(JsonFields fields, ImageDemands said)
    {
        (int? sides, int? shorter) = Sides(fields, "size");
        int? crop = fields.Flag("do_center_crop") ?? false ? Sides(fields, "crop_size").Sides : null;
        int? resize = fields.Flag("do_resize") ?? true ? sides ?? shorter : null;
        int? size = crop ?? resize;
        if (size > ImageDemands.LargestSize)
        {
            throw fields.Wrong(crop is null ? "size" : "crop_size", $"at most {ImageDemands.LargestSize} pixels");
        }

        List<string> undone = [];
        int filter = fields.Count("resample") ?? Bilinear;
        Undo(undone, filter != Bilinear && resize is not null, $"resample {filter}");
        Undo(undone, fields.Number("crop_pct") is not null, "crop_pct");
        Undo(undone, fields.Flag("do_pad") ?? false, "do_pad");
        Undo(undone, resize < size, $"margins around {resize} pixels up to {size}");
        double factor = fields.Flag("do_rescale") ?? true ? fields.Number("rescale_factor") ?? 1.0 / 255 : 1;
        if (!(factor > 0) || !double.IsFinite(factor))
        {
            throw fields.Wrong("rescale_factor", "a number above 0");
        }

        bool normalises = fields.Flag("do_normalize") ?? true;
        float unit = (float)(255 * factor);
        IReadOnlyList<float>? mean = normalises ? Channels(fields, "image_mean", isPositive: false) : [0, 0, 0];
        IReadOnlyList<float>? std = normalises ? Channels(fields, "image_std", isPositive: true) : [1, 1, 1];
        return said with
        {
            Size = size,
            Resize = resize is null ? null : Math.Max(resize.Value, size!.Value),
            Rule =
                resize is null ? null
                : sides is null ? ResizeRule.ShorterSide
                : ResizeRule.Square,
            Mean = InUnits(mean, unit),
            Std = InUnits(std, unit),
            Undone = undone,
        };
    }

    /// <summary>Where 1 / 255 is the factor, numbers stay exactly as they are.</summary>
    private static IReadOnlyList<float>? InUnits(IReadOnlyList<float>? values, float unit) =>
        values is null || Math.Abs(unit - 1) < 1e-6 ? values : [.. values.Select(value => value / unit)];

    /// <summary>A length of both sides, or of the shorter one.</summary>
    private static (int? Sides, int? Shorter) Sides(JsonFields fields, string key)
    {
        if (fields.IsNumber(key))
        {
            return (Side(fields, key), null);
        }

        if (fields.Fields(key) is not { } size)
        {
            return (null, null);
        }

        if (Side(size, "shortest_edge") is { } shorter)
        {
            return (null, shorter);
        }

        (int? height, int? width) = (Side(size, "height"), Side(size, "width"));
        return height == width && height is not null
            ? (height, null)
            : throw fields.Wrong(key, "a length, height and width of the same length, or shortest_edge");
    }

    private static int? Side(JsonFields fields, string key, int most = ImageDemands.LargestResize) =>
        fields.Count(key) is { } length ? Within(fields, key, length, most) : null;

    private static int Within(JsonFields fields, string key, int length, int most) =>
        length >= ImageDemands.LeastSize && length <= most
            ? length
            : throw fields.Wrong(key, $"{ImageDemands.LeastSize} to {most} pixels");

    private static IReadOnlyList<float>? Channels(JsonFields fields, string key, bool isPositive)
    {
        IReadOnlyList<float>? values = fields.Singles(key);
        return values is null || ChannelValues.Fit(values, isPositive)
            ? values
            : throw fields.Wrong(key, ChannelValues.Expected(isPositive));
    }

    private static void Undo(List<string> undone, bool isAsked, string what)
    {
        if (isAsked)
        {
            undone.Add(what);
        }
    }
}
