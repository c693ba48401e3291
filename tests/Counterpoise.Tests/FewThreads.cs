using System.Runtime.CompilerServices;
using Counterpoise.Recipes;
using TorchSharp;

[assembly: AssemblyFixture(typeof(Counterpoise.Tests.FewThreads))]

namespace Counterpoise.Tests;

/// <summary>The tensors of the tests are so small that a second thread would only wait for the first.</summary>
public sealed class FewThreads
{
    public FewThreads()
    {
        // Until the library is initialised, libtorch cannot be loaded on older Linux distributions.
        RuntimeHelpers.RunModuleConstructor(typeof(Recipe).Module.ModuleHandle);
        torch.set_num_threads(1);
    }
}
