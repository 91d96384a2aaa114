namespace Reflux.Distillation.Records;

/// <summary>
/// Pinned arrays that label records are decoded into, one after the other, so that decoding a stream of them allocates nothing for each position.
/// The labels of a record can be read until the next one is decoded into the same buffers; what must live longer takes a
/// <see cref="SoftLabels.Copy"/>. One thread at a time.
/// </summary>
public sealed class LabelBuffers
{
    internal PinnedBuffer<int> Integers { get; } = new();

    internal PinnedBuffer<ushort> Counts { get; } = new();

    internal PinnedBuffer<Half> Halves { get; } = new();

    internal PinnedBuffer<float> Singles { get; } = new();

    /// <summary>Which record the buffers hold.</summary>
    internal long Generation { get; private set; }

    internal void Reset()
    {
        Generation++;
        Integers.Reset();
        Counts.Reset();
        Halves.Reset();
        Singles.Reset();
    }

    internal static Memory<T> Take<T>(PinnedBuffer<T>? buffer, int length)
        where T : unmanaged => buffer?.Take(length) ?? GC.AllocateUninitializedArray<T>(length);
}
