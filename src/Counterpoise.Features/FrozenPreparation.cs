using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Interop.Onnx;

namespace Counterpoise.Features;

/// <summary>How images are prepared for a network in a file: as the recipe says, else a JSON file beside it, else its own metadata, else as is usual for ImageNet.</summary>
internal sealed class FrozenPreparation
{
    private const string Recipe = "the recipe";
    private const string Usual = "what is usual for ImageNet, as nothing else says it";

    private readonly string name;
    private readonly ImageDemands[] said;

    /// <param name="name">The path of the ONNX file.</param>
    /// <param name="content">The file.</param>
    /// <exception cref="CounterpoiseException">A value makes no sense.</exception>
    /// <exception cref="FormatException">It is no network of images.</exception>
    internal FrozenPreparation(string name, byte[] content)
    {
        this.name = name;
        var metadata = DemandsMetadata.Of(name, ExtractorGraph.Metadata(content));
        if (ExtractorGraph.DeclaredSize(content) is { } size)
        {
            FormatRequirement.Require(
                size <= ImageDemands.LargestSize,
                $"it takes images of {size} pixels, expected at most {ImageDemands.LargestSize}"
            );
            metadata = metadata with { Size = metadata.Size ?? size };
        }

        said = DemandsFile.Beside(name) is { } beside ? [beside, metadata] : [metadata];
    }

    /// <summary>The settings of a recipe that says nothing of size and resizing.</summary>
    internal DataSettings Sized(DataSettings settings)
    {
        ImageDemands first = said.FirstOrDefault(source => source.Size is not null) ?? said[^1];
        return settings with
        {
            ImageSize = first.Size ?? FeaturePreparation.ImageNet.Size,
            Resize = settings.Resize ?? first.Resize,
            ResizeRule = settings.Resize is null ? first.Rule ?? settings.ResizeRule : settings.ResizeRule,
        };
    }

    /// <summary>The preparation under the settings of a recipe, and what was taken from where, for people.</summary>
    internal (FeaturePreparation Preparation, IReadOnlyList<string> Notes) Of(DataSettings settings)
    {
        List<(string What, string Source)> taken = [];
        IReadOnlyList<float> mean = Take(
            "mean",
            ChannelValues.Parse("data.features_mean", settings.FeaturesMean, isPositive: false),
            source => source.Mean,
            FeaturePreparation.ImageNet.Mean,
            Shown
        );
        IReadOnlyList<float> std = Take(
            "deviation",
            ChannelValues.Parse("data.features_std", settings.FeaturesStd, isPositive: true),
            source => source.Std,
            FeaturePreparation.ImageNet.Std,
            Shown
        );
        string order = Take(
            "channels",
            settings.FeaturesOrder == ChannelOrder.Auto ? null : Name(settings.FeaturesOrder),
            source => source.Order is { } own ? Name(own) : null,
            Name(ChannelOrder.Rgb),
            text => text
        );
        List<string> notes =
        [
            $"{name}: "
                + string.Join(
                    "; ",
                    taken.GroupBy(
                        one => one.Source,
                        one => one.What,
                        (source, whats) => $"{string.Join(", ", whats)} from {source}"
                    )
                )
                + ".",
        ];
        notes.AddRange(Sizes(settings));
        notes.AddRange(
            said.Where(source => source.Undone.Count > 0)
                .Select(source =>
                    $"{name}: {source.Source} asks for {string.Join(", ", source.Undone)}, which is not done: images are resized by a triangle filter, bilinear and with smoothing where they get smaller, and their middle is taken."
                )
        );
        return (new FeaturePreparation(settings.ImageSize, mean, std, order == Name(ChannelOrder.Bgr)), notes);

        T Take<T>(string what, T? own, Func<ImageDemands, T?> of, T usual, Func<T, string> shown)
            where T : class
        {
            ImageDemands? source = own is null ? said.FirstOrDefault(source => of(source) is not null) : null;
            T value = own ?? (source is null ? usual : of(source)!);
            taken.Add(($"{what} {shown(value)}", own is not null ? Recipe : source?.Source ?? Usual));
            return value;
        }
    }

    /// <summary>Where images get another size than what the first source that has one asks for.</summary>
    private IEnumerable<string> Sizes(DataSettings settings)
    {
        ImageDemands? source = said.FirstOrDefault(one => one.Size is not null);
        if (source is null)
        {
            yield break;
        }

        (int size, int resize, ResizeRule rule) = (
            settings.ImageSize,
            settings.Resize ?? settings.ImageSize,
            settings.ResizeRule
        );
        int wantedResize = source.Resize ?? source.Size!.Value;
        if (size != source.Size || resize != wantedResize || (source.Rule is { } wanted && wanted != rule))
        {
            yield return $"{name}: {source.Source} asks for {Told(source.Size!.Value, wantedResize, source.Rule ?? rule)}, the recipe for {Told(size, resize, rule)}, which is done.";
        }
        else
        {
            yield return $"{name}: {Told(size, resize, rule)} as {source.Source} asks for.";
        }
    }

    private static string Told(int size, int resize, ResizeRule rule) =>
        $"images of {size} pixels, resized to {resize} {(rule == ResizeRule.Square ? "in both sides" : "in the shorter side")}";

    private static string Name(ChannelOrder order) => order == ChannelOrder.Bgr ? "bgr" : "rgb";

    private static string Shown(IReadOnlyList<float> values) =>
        string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture)));
}
