using Counterpoise.Basics;

namespace Counterpoise.Methods;

/// <summary>The draws that mixup and the methods after it share: one partner's share for the whole mini-batch.</summary>
internal static class BatchMixing
{
    /// <summary>The partner of each example: a random permutation of the mini-batch.</summary>
    internal static int[] Partners(in StepContext context, int count) =>
        context.At(DrawPurpose.Partner, 0).Permutation(count);

    /// <summary>1 - lambda with lambda ~ Beta(alpha, alpha), the same for all.</summary>
    internal static float[] Shares(in StepContext context, int count, double alpha)
    {
        DrawStream stream = context.At(DrawPurpose.MixingWeight, 0);
        float[] shares = new float[count];
        Array.Fill(shares, (float)(1 - BetaDistribution.Draw(ref stream, alpha)));
        return shares;
    }
}
