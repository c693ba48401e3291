using System.Text;

namespace Counterpoise.Runtime.Mpi;

/// <summary>Ranks that talk through Open MPI.</summary>
internal sealed unsafe class MpiRanks(OpenMpi mpi) : Ranks
{
    private const int MostAtOnce = 1 << 28; // MPI counts in int.

    public override int Rank => mpi.Rank;

    public override int Count => mpi.Count;

    public override void Sum(Span<float> numbers) => SumOf(numbers, mpi.Single);

    public override void Sum(Span<double> numbers) => SumOf(numbers, mpi.Double);

    public override void Sum(Span<int> numbers) => SumOf(numbers, mpi.Int32);

    public override string FromFirst(string text)
    {
        byte[] bytes = IsFirst ? Encoding.UTF8.GetBytes(text) : [];
        int length = bytes.Length;
        mpi.Broadcast(&length, 1, mpi.Int32);
        bytes = IsFirst ? bytes : new byte[length];
        fixed (byte* content = bytes)
        {
            mpi.Broadcast(content, length, mpi.Byte);
        }

        return Encoding.UTF8.GetString(bytes);
    }

    private void SumOf<T>(Span<T> numbers, nint type)
        where T : unmanaged
    {
        for (int first = 0; first < numbers.Length; first += MostAtOnce)
        {
            Span<T> some = numbers.Slice(first, Math.Min(MostAtOnce, numbers.Length - first));
            fixed (T* address = some)
            {
                mpi.Sum(address, some.Length, type);
            }
        }
    }
}
