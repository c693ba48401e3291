using Counterpoise.Basics;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data;

/// <summary>The part of a recipe that says which images are trained on.</summary>
public sealed record DataSettings
{
    private const int UsualMagnitude = 9;

    /// <summary>The least share of an image's area that a view of it shows where nothing is said of parts or crops.</summary>
    private const double LeastAreaOfViews = 0.5;

    /// <summary>How class sizes are made unequal.</summary>
    /// <value>ImbalanceKind.Natural unless set</value>
    [Setting("How class sizes are made unequal; natural takes the data as it is")]
    public ImbalanceKind Imbalance { get; init; } = ImbalanceKind.Natural;

    /// <summary>The imbalance ratio N_max / N_min of long-tailed and step versions.</summary>
    /// <value>a number, 1 or more; 100.0 unless set</value>
    [Setting("Imbalance ratio N_max / N_min of the long-tailed and step versions", Min = 1)]
    public double Rho { get; init; } = 100;

    /// <summary>Chooses which images the imbalanced version keeps and which are held out.</summary>
    /// <value>a whole number; 0 unless set</value>
    [Setting("Seed of the choice of images; the same for all methods and training seeds")]
    public ulong Seed { get; init; }

    /// <summary>Images of each class kept out of training for choosing hyper-parameters.</summary>
    /// <value>a whole number, 0 or more (images); 0 unless set</value>
    [Setting("Images of each class held out of training; 0 trains on all", Unit = "images", Min = 0)]
    public int HeldOut { get; init; }

    /// <summary>Folds of the training images, of which one is kept out of training: that of number <see cref="HeldOutSplit"/>; 0 for none, else 2 or more.</summary>
    /// <value>a whole number, 0 or more (folds); 0 unless set</value>
    [Setting(
        "Folds that the training images are divided into, of which that of number held_out_split is held out; 0 for none",
        Unit = "folds",
        Min = 0
    )]
    public int HeldOutFolds { get; init; }

    /// <summary>Which of the possible choices of held-out images is taken, or which fold.</summary>
    /// <value>a whole number, 0 or more; 0 unless set</value>
    [Setting("Which choice of held-out images is taken: every number is another one; or which fold, from 0", Min = 0)]
    public int HeldOutSplit { get; init; }

    /// <summary>Whether training images are held out.</summary>
    internal bool HoldsOut => HeldOut > 0 || HeldOutFolds > 0;

    /// <summary>Which step of the Tiered-ImageNet protocol is trained; other data is not concerned.</summary>
    /// <value>TieredStep.Test unless set</value>
    [Setting(
        "Step of the Tiered-ImageNet protocol: test for results, tune for choosing hyper-parameters; other data is not concerned"
    )]
    public TieredStep Tiered { get; init; }

    /// <summary>The frozen network whose features are trained on in place of pixels; empty for pixels.</summary>
    /// <value>text; "" unless set</value>
    [Setting(
        "Frozen network whose features are trained on in place of pixels: resnet18 (trained on ImageNet), or an ONNX file; empty for pixels"
    )]
    public string Features { get; init; } = "";

    /// <summary>The means that the frozen network's images are normalised by, of red, green and blue, such as <c>0.485, 0.456, 0.406</c>; empty for what its file says.</summary>
    /// <value>text; "" unless set</value>
    [Setting(
        "Means of red, green and blue that images are normalised by for a frozen network in a file, such as 0.485, 0.456, 0.406; empty for what its file says, or ImageNet's"
    )]
    public string FeaturesMean { get; init; } = "";

    /// <summary>The standard deviations that they are then divided by; empty for what its file says.</summary>
    /// <value>text; "" unless set</value>
    [Setting(
        "Standard deviations of red, green and blue that they are then divided by; empty for what its file says, or ImageNet's"
    )]
    public string FeaturesStd { get; init; } = "";

    /// <summary>The order in which the frozen network takes the channels.</summary>
    /// <value>ChannelOrder.Auto unless set</value>
    [Setting("Order in which a frozen network in a file takes the channels; auto is what its file says, or rgb")]
    public ChannelOrder FeaturesOrder { get; init; }

    /// <summary>The value within the frozen network that is the features; empty for the only one that it gives.</summary>
    /// <value>text; "" unless set</value>
    [Setting("Value within a frozen network in a file that is the features; empty for the only one that it gives")]
    public string FeaturesOutput { get; init; } = "";

    /// <summary>Whether a frozen network is used although not all of it can be checked.</summary>
    /// <value>false unless set</value>
    [Setting("Whether a frozen network in a file is used although not all of it can be checked")]
    public bool FeaturesTrusted { get; init; }

    /// <summary>Random views of a training image of the largest class whose features are trained on beside those of the image itself, more of smaller classes; 0 for none.</summary>
    /// <value>a whole number from 0 to 100 (views); 0 unless set</value>
    [Setting(
        "Random views of each training image of the largest class whose features are trained on, too, and more of smaller classes; 0 for none",
        Unit = "views",
        Min = 0,
        Max = 100
    )]
    public int Views { get; init; }

    /// <summary>Height and width of what the network gets.</summary>
    /// <value>a whole number from 8 to 1024 (pixels); 32 unless set</value>
    [Setting("Height and width of what the network gets", Unit = "pixels", Min = 8, Max = 1024)]
    public int ImageSize { get; init; } = 32;

    /// <summary>The length that image files are resized to before the crop; null is the image size.</summary>
    /// <value>a whole number from 8 to 4096 (pixels), or null for auto; null unless set</value>
    [Setting(
        "Length that image files are resized to before they are cropped to the image size; auto is the image size",
        Unit = "pixels",
        Min = 8,
        Max = 4096
    )]
    public int? Resize { get; init; }

    /// <summary>Which sides of image files get that length.</summary>
    /// <value>ResizeRule.Square unless set</value>
    [Setting("Whether both sides get that length, or the shorter one, the longer one in proportion")]
    public ResizeRule ResizeRule { get; init; }

    /// <summary>The colour that transparent pixels of image files are laid over: black, white or #rrggbb.</summary>
    /// <value>text; "black" unless set</value>
    [Setting("Colour that transparent pixels of image files are laid over: black, white or #rrggbb")]
    public string Background { get; init; } = "black";

    /// <summary>What values of image files of 16 bits are scaled by.</summary>
    /// <value>PixelRange.Full unless set</value>
    [Setting(
        "What values of image files of 16 bits are scaled by: full, all that 16 bits can hold, or file, the smallest and largest value of each file"
    )]
    public PixelRange Range { get; init; }

    /// <summary>Zeros added on every side before the random crop; null is an eighth of the image size, or 0 where images are resized to more or parts of them are.</summary>
    /// <value>a whole number, 0 or more (pixels), or null for auto; null unless set</value>
    [Setting(
        "Zeros added on every side before the random crop; auto is an eighth of the image size, or 0 where images are resized to more or parts of them are",
        Unit = "pixels",
        Min = 0
    )]
    public int? Pad { get; init; }

    /// <summary>The least share of an image's area that a random part has, which is resized to what the network gets; 0 crops without resizing.</summary>
    /// <value>a number from 0 to 1; 0.0 unless set</value>
    [Setting(
        "Least share of an image's area that is a random part of it, resized to the image size (0.08 is usual); 0 crops without resizing",
        Min = 0,
        Max = 1
    )]
    public double RandomResizedCrop { get; init; }

    /// <summary>What such parts are cut from.</summary>
    /// <value>CropSource.Stored unless set</value>
    [Setting(
        "Whether such parts are cut from images as they are stored, or from original files, which are then streamed"
    )]
    public CropSource CropFrom { get; init; }

    /// <summary>Whether half of the training images are mirrored.</summary>
    /// <value>true unless set</value>
    [Setting("Whether half of the training images are mirrored left to right")]
    public bool Flip { get; init; } = true;

    /// <summary>How far random factors of brightness, contrast and saturation are from 1 at most; 0 leaves them alone.</summary>
    /// <value>a number from 0 to 1; 0.0 unless set</value>
    [Setting(
        "How far random factors of brightness, contrast and saturation are from 1 at most; 0 leaves them alone",
        Min = 0,
        Max = 1
    )]
    public double ColourJitter { get; init; }

    /// <summary>How far the hue turns at random at most, as a share of the circle; 0 leaves it alone.</summary>
    /// <value>a number from 0 to 0.5; 0.0 unless set</value>
    [Setting(
        "How far the hue turns at random at most, as a share of the circle; 0 leaves it alone",
        Min = 0,
        Max = 0.5
    )]
    public double HueJitter { get; init; }

    /// <summary>The policy of AutoAugment that training images go through after crop and flip.</summary>
    /// <value>AutoAugmentPolicy.None unless set</value>
    [Setting("Policy of AutoAugment that training images go through after crop and flip")]
    public AutoAugmentPolicy AutoAugment { get; init; }

    /// <summary>How many operations of RandAugment training images go through after crop and flip; 0 for none.</summary>
    /// <value>a whole number from 0 to 10 (operations); 0 unless set</value>
    [Setting(
        "Operations of RandAugment that training images go through after crop and flip; 0 for none",
        Unit = "operations",
        Min = 0,
        Max = 10
    )]
    public int RandAugment { get; init; }

    /// <summary>How strong these operations are.</summary>
    /// <value>a whole number from 0 to 30; 9 unless set</value>
    [Setting("How strong these operations are", Min = 0, Max = Augmentations.RandAugment.Strongest)]
    public int RandAugmentMagnitude { get; init; } = UsualMagnitude;

    /// <summary>The side of the square that is then painted over in every training image; 0 paints none.</summary>
    /// <value>a whole number, 0 or more (pixels); 0 unless set</value>
    [Setting(
        "Side of the square of mean colour that is then painted over training images; 0 paints none",
        Unit = "pixels",
        Min = 0
    )]
    public int Cutout { get; init; }

    /// <summary>What pixels are normalised by.</summary>
    /// <value>NormalisationKind.Auto unless set</value>
    [Setting(
        "What pixels are normalised by: the mean and deviation of the data, or those of ImageNet; auto is imagenet where pretrained names a network, else data"
    )]
    public NormalisationKind Normalisation { get; init; }

    /// <summary>The same with every automatic setting replaced by its value.</summary>
    /// <exception cref="UsageException">Images would be resized to less than what is cropped from them, Cutout's square is larger than they are, the background is no colour, or random changes do not go together.</exception>
    internal DataSettings Resolve()
    {
        int resize = Resize ?? ImageSize;
        if (resize < ImageSize)
        {
            throw new UsageException(
                $"data.resize is {resize} pixels, expected at least data.image_size, which is {ImageSize}."
            );
        }

        if (HeldOutFolds == 1 || (HeldOutFolds > 0 && (HeldOut > 0 || HeldOutSplit >= HeldOutFolds)))
        {
            throw new UsageException(
                HeldOutFolds == 1 ? "data.held_out_folds is 1, expected 2 or more, or 0 for none."
                : HeldOut > 0
                    ? $"data.held_out is {HeldOut} images of a class and data.held_out_folds is {HeldOutFolds} folds; set one of them to 0."
                : $"data.held_out_split is {HeldOutSplit}, but data.held_out_folds is {HeldOutFolds}; expected a fold from 0 to {HeldOutFolds - 1}."
            );
        }

        if (Features.Length > 0 && Normalisation == NormalisationKind.Imagenet)
        {
            throw new UsageException(
                $"data.normalisation is imagenet, which is of pixels, but data.features is {Features}, whose vectors are normalised by the training images; leave data.normalisation at auto."
            );
        }

        RequireFrozenNetwork();
        if (Cutout > ImageSize)
        {
            throw new UsageException(
                $"data.cutout is {Cutout} pixels, expected at most data.image_size, which is {ImageSize}; "
                    + $"set data.cutout={ImageSize / 2}, half of it, as is usual for CIFAR."
            );
        }

        RequireThatChangesGoTogether();
        double leastArea = Views > 0 && Pad is null && RandomResizedCrop == 0 ? LeastAreaOfViews : RandomResizedCrop;
        return this with
        {
            Resize = resize,
            Background = BackgroundColour.Parse(Background).ToString(),
            RandomResizedCrop = leastArea,
            Pad = Pad ?? (resize > ImageSize || leastArea > 0 ? 0 : ImageSize / 8),
        };
    }

    /// <summary>What is said of a frozen network makes sense, and there is one.</summary>
    private void RequireFrozenNetwork()
    {
        _ = ChannelValues.Parse("data.features_mean", FeaturesMean, isPositive: false);
        _ = ChannelValues.Parse("data.features_std", FeaturesStd, isPositive: true);
        string? said =
            FeaturesMean.Length > 0 ? "data.features_mean"
            : FeaturesStd.Length > 0 ? "data.features_std"
            : FeaturesOrder != ChannelOrder.Auto ? "data.features_order"
            : FeaturesOutput.Length > 0 ? "data.features_output"
            : FeaturesTrusted ? "data.features_trusted"
            : Views > 0 ? "data.views"
            : null;
        if (said is not null && Features.Length == 0)
        {
            throw new UsageException(
                $"{Named(said)} is set, but {Named("data.features")} is empty, so that there is no frozen network; name one, or leave it out."
            );
        }
    }

    private bool ChangesNothing =>
        this
            is {
                Pad: 0,
                RandomResizedCrop: 0,
                Flip: false,
                ColourJitter: 0,
                HueJitter: 0,
                AutoAugment: AutoAugmentPolicy.None,
                RandAugment: 0,
                Cutout: 0
            }
        && (Resize ?? ImageSize) == ImageSize;

    private void RequireThatChangesGoTogether()
    {
        string? refusal =
            RandomResizedCrop > 0 && Pad > 0
                ? $"data.pad is {Pad} pixels, but data.random_resized_crop resizes parts of the image itself; set one of them to 0."
            : RandomResizedCrop == 0 && CropFrom == CropSource.Original
                ? "data.crop_from is original, but data.random_resized_crop is 0, so that there are no such parts; set data.random_resized_crop=0.08, or data.crop_from=stored."
            : RandAugment > 0 && AutoAugment != AutoAugmentPolicy.None
                ? $"data.rand_augment is {RandAugment} and data.auto_augment is not none, but both are of the same operations; set data.rand_augment=0 or data.auto_augment=none."
            : RandAugment == 0 && RandAugmentMagnitude != UsualMagnitude
                ? $"data.rand_augment_magnitude is {RandAugmentMagnitude}, but data.rand_augment is 0, so that there are no such operations; set data.rand_augment=2, or leave the magnitude at {UsualMagnitude}."
            : Views > 0 && ChangesNothing
                ? $"data.views is {Views}, but no random change is left that would make views differ; set data.flip=true, or leave data.pad at auto for parts of at least half the image."
            : null;
        if (refusal is not null)
        {
            throw new UsageException(refusal);
        }
    }
}
