namespace Reflux.Distillation.Records;

/// <summary>Memory that is handed out piece by piece and used again after <see cref="Reset"/>. It never moves, so that a device can copy from it.</summary>
internal sealed class PinnedBuffer<T>
    where T : unmanaged
{
    private T[] _block = [];
    private int _used;

    public Memory<T> Take(int length)
    {
        if (length > _block.Length - _used)
        {
            // pieces handed out before keep the old block alive
            _block = GC.AllocateUninitializedArray<T>(Math.Max(length, (int)Math.Min(2L * _block.Length, Array.MaxLength)), pinned: true);
            _used = 0;
        }

        _used += length;
        return _block.AsMemory(_used - length, length);
    }

    public void Reset() => _used = 0;
}
