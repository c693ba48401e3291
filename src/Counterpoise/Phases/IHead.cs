using Counterpoise.Basics;
using Counterpoise.Networks;

namespace Counterpoise.Phases;

/// <summary>Makes the classifier on top of a network's stages.</summary>
public interface IHead
{
    /// <summary>Whether the head has copies of the network's last block, which the network then goes without.</summary>
    bool ReplacesLastBlock => false;

    /// <summary>Whether the head gathers means of all that it sees of a step while training, each row for one image.</summary>
    bool Gathers => false;

    /// <summary>The factor by which the head changes how frequent a class of a number of training images is taken to be; 1 unless it takes out the imbalance.</summary>
    double PriorFactorOf(int count) => 1;

    /// <summary>Builds the head with its initial parameters, on the CPU; what it has learnt comes from <see cref="Start"/> or a checkpoint.</summary>
    /// <param name="network">The network; its head is that of the phase before, and may become a part of the new one.</param>
    /// <param name="place">What the head is for.</param>
    /// <returns>A module from the last stage's map [N, C, H, W] to logits [N, classes], float32.</returns>
    Head Create(StagedNetwork network, HeadPlace place);

    /// <summary>Takes over what was learnt in the phase before; called once, when a second phase begins.</summary>
    /// <param name="head">What <see cref="Create"/> made, in the network already.</param>
    /// <param name="start">The phase before.</param>
    void Start(Head head, PhaseStart start) { }
}

/// <summary>What a head is made for.</summary>
/// <param name="Classes">The number of classes.</param>
/// <param name="ImageSize">Height and width of the images, in pixels.</param>
/// <param name="Draws">Where its initial parameters come from: the head's own draws, of another seed than the run's.</param>
public sealed record HeadPlace(int Classes, int ImageSize, Draws Draws);
