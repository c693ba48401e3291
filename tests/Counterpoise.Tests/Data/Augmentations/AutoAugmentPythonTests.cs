using System.Globalization;
using System.Text;
using Counterpoise.Data.Augmentations;
using Counterpoise.Data.Pixels;
using Counterpoise.Tests.Interop;

namespace Counterpoise.Tests.Data.Augmentations;

/// <summary>Against torchvision on Pillow's images.</summary>
public sealed class AutoAugmentPythonTests : IDisposable
{
    private const string Policy = """
        import sys
        from torchvision.transforms import autoaugment as aa
        policy = aa.AutoAugment(aa.AutoAugmentPolicy.CIFAR10)
        space = policy._augmentation_space(10, (32, 32))
        ours = [line.split() for line in open(sys.argv[1])]
        theirs = [step for pair in policy.policies for step in pair]
        assert len(ours) == len(theirs) == 50
        for (name, probability, level, magnitude), (their_name, their_probability, their_level) in zip(ours, theirs):
            assert name == their_name and float(probability) == their_probability, (name, their_name)
            assert int(level) == (their_level or 0), (name, level, their_level)
            if their_level is not None:
                assert abs(float(magnitude) - space[name][0][their_level].item()) < 1e-5, (name, magnitude)
        """;

    private const string Operations = """
        import sys
        import numpy as np
        from PIL import Image
        from torchvision.transforms import InterpolationMode, autoaugment as aa
        different = {}
        for line in open(sys.argv[1]):
            name, magnitude, width, height, before, after = line.split()
            shape = (3, int(height), int(width))
            pixels, ours = (np.frombuffer(bytes.fromhex(x), np.uint8).reshape(shape).transpose(1, 2, 0) for x in (before, after))
            theirs = aa._apply_op(Image.fromarray(np.ascontiguousarray(pixels)), name, float(magnitude), InterpolationMode.NEAREST, None)
            off = np.abs(np.asarray(theirs).astype(int) - ours)
            if off.any():
                different.setdefault(name, []).append((magnitude, shape, int(off.max()), int((off > 0).sum())))
        print(different, file=sys.stderr)
        sys.exit(1 if different else 0)
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_policy_is_torchvisions()
    {
        Python python = With("from torchvision.transforms import AutoAugment");
        IEnumerable<PolicyStep> steps = AutoAugment.Cifar.SelectMany(pair => new[] { pair.First, pair.Second });
        File.WriteAllLines(
            folder["policy"],
            steps.Select(step =>
            {
                double magnitude = Theirs(PixelChange.At(step.Operation, step.Level, false), new PixelSize(32, 32));
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{step.Operation} {step.Probability} {step.Level} {magnitude:R}"
                );
            })
        );
        python.Run("-c", Policy, folder["policy"]);
    }

    [Fact]
    public void Every_operation_at_every_level_gives_the_pixels_that_torchvision_gives()
    {
        Python python = With("import numpy, PIL; from torchvision.transforms import AutoAugment");
        StringBuilder cases = new();
        int image = 0;
        foreach (PixelSize size in new PixelSize[] { new(32, 32), new(32, 20), new(7, 9), new(3, 3), new(96, 64) })
        {
            foreach (PixelOperation operation in Enum.GetValues<PixelOperation>().Except([PixelOperation.Hue]))
            {
                for (int level = 0; level < 10; level++)
                {
                    Append(cases, PixelChange.At(operation, level, false), size, image++);
                    Append(cases, PixelChange.At(operation, level, true), size, image++);
                }
            }
        }

        File.WriteAllText(folder["cases"], cases.ToString());
        python.Run("-c", Operations, folder["cases"]);
    }

    private static void Append(StringBuilder cases, PixelChange change, PixelSize size, int image)
    {
        // Every other image has few, neighbouring gray levels, as histograms treat them differently.
        (int lowest, int levels) = image % 2 == 0 ? (0, 256) : (image % 100, 40);
        byte[] pixels =
        [
            .. Enumerable
                .Range(0, 3 * size.Width * size.Height)
                .Select(i => (byte)(lowest + (TestImages.Pixel(image, 0, i / 64, i % 64) % levels))),
        ];
        string before = Convert.ToHexString(pixels);
        change.Apply(pixels, size);
        cases.AppendLine(
            CultureInfo.InvariantCulture,
            $"{change.Operation} {Theirs(change, size):R} {size.Width} {size.Height} {before} {Convert.ToHexString(pixels)}"
        );
    }

    /// <summary>torchvision's translations are in pixels.</summary>
    private static double Theirs(PixelChange change, PixelSize size) =>
        change.Operation switch
        {
            PixelOperation.TranslateX => change.Magnitude * size.Width,
            PixelOperation.TranslateY => change.Magnitude * size.Height,
            _ => change.Magnitude,
        };

    private static Python With(string import) => Python.That(import, "torchvision (0.11 or later), Pillow and numpy");
}
