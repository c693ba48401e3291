using TorchSharp;

[assembly: AssemblyFixture(typeof(Counterpoise.Tests.FewThreads))]

namespace Counterpoise.Tests;

/// <summary>The tensors of the tests are so small that a second thread would only wait for the first.</summary>
public sealed class FewThreads
{
    public FewThreads() => torch.set_num_threads(1);
}
