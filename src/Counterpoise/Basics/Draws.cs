namespace Counterpoise.Basics;

/// <summary>What a random draw is for. Draws for different purposes are independent.</summary>
/// <remarks>The numbers are part of every key: they must never change, or old runs could not be repeated.</remarks>
public enum DrawPurpose
{
    /// <summary>Initial network parameters.</summary>
    Initialisation = 1,

    /// <summary>The order of the training examples in an epoch.</summary>
    Order = 2,

    /// <summary>Crop and flip of one example.</summary>
    Augmentation = 3,

    /// <summary>Mixing partners within a mini-batch.</summary>
    Partner = 4,

    /// <summary>How much one example is mixed.</summary>
    MixingWeight = 5,

    /// <summary>Which images an imbalanced version of a data set keeps.</summary>
    Imbalance = 6,

    /// <summary>Which images are held out of training.</summary>
    HeldOut = 7,

    /// <summary>Which images become the test set of a folder that has none.</summary>
    TestSplit = 8,

    /// <summary>Images of the built-in synthetic set.</summary>
    Synthetic = 9,

    /// <summary>Initial parameters of a phase's head.</summary>
    Head = 10,

    /// <summary>The stage after which a mini-batch is mixed.</summary>
    MixingStage = 11,

    /// <summary>Which classes one example's loss leaves out.</summary>
    LossMask = 12,

    /// <summary>Training examples whose mean features are compared with those of the test examples.</summary>
    FeatureDeviation = 13,

    /// <summary>The first places of points that are laid out in the plane.</summary>
    Embedding = 14,

    /// <summary>What a trial of a search tries.</summary>
    Proposal = 15,

    /// <summary>What AutoAugment does to one example.</summary>
    AutoAugment = 16,

    /// <summary>Where Cutout paints over one example.</summary>
    Cutout = 17,

    /// <summary>Which part of its image one example is.</summary>
    RandomResizedCrop = 18,

    /// <summary>How the colours of one example change.</summary>
    ColourJitter = 19,

    /// <summary>What RandAugment does to one example.</summary>
    RandAugment = 20,

    /// <summary>Images that are drawn again to see how far chance reaches.</summary>
    Bootstrap = 21,

    /// <summary>What a random view of an image shows, of which a frozen network computes features.</summary>
    View = 22,

    /// <summary>Which of its views one example is.</summary>
    ViewChoice = 23,
}

/// <summary>
/// Keyed randomness: every draw is a function of (seed, purpose, epoch, position) and of nothing else, so that threads,
/// prefetching, resuming or the order of calls never change it.
/// </summary>
/// <param name="Seed">The seed that all draws depend on.</param>
public readonly record struct Draws(ulong Seed)
{
    /// <summary>The stream of draws that belongs to one key.</summary>
    /// <param name="purpose">What the draws are for.</param>
    /// <param name="epoch">The epoch, from 0; 0 where draws do not depend on it.</param>
    /// <param name="position">The place in the epoch's global order, or another index (class, image, parameter).</param>
    public DrawStream At(DrawPurpose purpose, int epoch = 0, long position = 0)
    {
        ulong key = DrawStream.Scramble(Seed + 0x9E3779B97F4A7C15);
        key = DrawStream.Scramble(key ^ ((ulong)purpose * 0xD1B54A32D192ED03));
        key = DrawStream.Scramble(key ^ ((ulong)epoch * 0xABC98388FB8FAC03));
        return new DrawStream(DrawStream.Scramble(key ^ ((ulong)position * 0x8CB92BA72F3D8DD7)));
    }
}

/// <summary>A sequence of random numbers (SplitMix64: Steele, Lea and Flood, OOPSLA 2014). Not for cryptography.</summary>
public struct DrawStream
{
    private ulong state;

    /// <summary>Starts the sequence that belongs to <paramref name="key"/>.</summary>
    public DrawStream(ulong key) => state = key;

    /// <summary>64 uniform bits.</summary>
    public ulong NextBits() => Scramble(state += 0x9E3779B97F4A7C15);

    /// <summary>A uniform number in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform integer in [0, <paramref name="bound"/>), without bias (Lemire, TOMACS 2019).</summary>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        ulong range = (ulong)bound;
        ulong high = Math.BigMul(NextBits(), range, out ulong low);
        if (low < range)
        {
            ulong threshold = (0 - range) % range;
            while (low < threshold)
            {
                high = Math.BigMul(NextBits(), range, out low);
            }
        }

        return (int)high;
    }

    /// <summary>A standard normal number (Box and Muller).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Puts <paramref name="items"/> into a uniformly random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A uniformly random permutation of 0..<paramref name="count"/>-1.</summary>
    public int[] Permutation(int count)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        Shuffle(order.AsSpan());
        return order;
    }

    internal static ulong Scramble(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
