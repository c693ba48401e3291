namespace Counterpoise.Methods;

/// <summary>Which examples of its mini-batch an example may be mixed with.</summary>
public enum PartnerChoice
{
    /// <summary>Any: the partners are a random permutation of the mini-batch, an example may be its own.</summary>
    Any,

    /// <summary>One of another class, each with the same probability; an example's own self where the mini-batch has one class.</summary>
    OtherClass,

    /// <summary>One of a class drawn evenly from those in the mini-batch, its own included, then evenly within that class.</summary>
    Balanced,
}
