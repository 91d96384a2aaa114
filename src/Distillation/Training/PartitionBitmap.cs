using System.Buffers.Binary;

namespace Reflux.Distillation.Training;

/// <summary>
/// Which offsets of one partition were seen, over a window of <see cref="Capacity"/> offsets that slides up with the highest one. A ring of
/// words: moving on clears what it moves over.
/// </summary>
internal sealed class PartitionBitmap
{
    public const long Capacity = 1 << 20;

    private const int WordBits = 64;
    private const int Words = (int)(Capacity / WordBits);

    private readonly ulong[] _words = new ulong[Words];
    private long _firstWord;
    private long _lastWord = -1;

    /// <summary>The lowest offset still remembered.</summary>
    public long FirstOffset => _firstWord * WordBits;

    public bool IsStale(long offset) => offset < FirstOffset;

    public bool Contains(long offset) =>
        offset >= FirstOffset && offset / WordBits <= _lastWord && (_words[Slot(offset / WordBits)] & Bit(offset)) != 0;

    /// <summary>Marks an offset that is not stale.</summary>
    public void Add(long offset)
    {
        var word = offset / WordBits;
        for (var next = Math.Max(_lastWord + 1, word - Words + 1); next <= word; next++)
        {
            _words[Slot(next)] = 0;
        }

        _lastWord = Math.Max(_lastWord, word);
        _firstWord = Math.Max(_firstWord, word - Words + 1);
        _words[Slot(word)] |= Bit(offset);
    }

    /// <summary>Bits from <see cref="FirstOffset"/> up to the highest marked offset's word, least significant bit first.</summary>
    public byte[] ToBytes()
    {
        var count = (int)Math.Max(0, _lastWord - _firstWord + 1);
        var bytes = new byte[count * sizeof(ulong)];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), _words[Slot(_firstWord + i)]);
        }

        return bytes;
    }

    /// <summary>The opposite of <see cref="ToBytes"/>.</summary>
    public static PartitionBitmap FromBytes(long firstOffset, ReadOnlySpan<byte> bytes)
    {
        var count = bytes.Length / sizeof(ulong);
        if (firstOffset < 0 || firstOffset % WordBits != 0 || count > Words || bytes.Length % sizeof(ulong) != 0)
        {
            throw new InvalidDataException("a dedupe bitmap has an impossible size or start");
        }

        var bitmap = new PartitionBitmap { _firstWord = firstOffset / WordBits };
        bitmap._lastWord = bitmap._firstWord + count - 1;
        for (var i = 0; i < count; i++)
        {
            bitmap._words[Slot(bitmap._firstWord + i)] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
        }

        return bitmap;
    }

    private static int Slot(long word) => (int)(word % Words);

    private static ulong Bit(long offset) => 1UL << (int)(offset % WordBits);
}
