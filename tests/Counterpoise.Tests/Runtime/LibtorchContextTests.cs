using Counterpoise.Runtime;

namespace Counterpoise.Tests.Runtime;

public sealed class LibtorchContextTests
{
    [Fact]
    public void Libtorch_takes_what_is_set()
    {
        try
        {
            LibtorchContext.ForCuda(isDeterministic: true);
            Assert.True(LibtorchContext.IsDeterministic);
            Assert.False(LibtorchContext.BenchmarksCuDnn);
            LibtorchContext.ForCuda(isDeterministic: false);
            Assert.False(LibtorchContext.IsDeterministic);
            Assert.True(LibtorchContext.BenchmarksCuDnn);
        }
        finally
        {
            LibtorchContext.ForCuda(isDeterministic: false);
        }
    }
}
