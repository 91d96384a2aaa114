using System.Text;

namespace Reflux.Models.Tests.Gguf;

/// <summary>A GGUF file as the format's description says it is read; numbers come as long or double, lists as object arrays.</summary>
internal sealed class GgufContent
{
    private GgufContent(Dictionary<string, object> metadata, Dictionary<string, Entry> tensors) => (Metadata, Tensors) = (metadata, tensors);

    public IReadOnlyDictionary<string, object> Metadata { get; }

    public IReadOnlyDictionary<string, Entry> Tensors { get; }

    public string[] Texts(string key) => [.. ((object[])Metadata[key]).Cast<string>()];

    public static GgufContent Read(byte[] file)
    {
        using BinaryReader reader = new(new MemoryStream(file));
        Assert.Equal("GGUF"u8.ToArray(), reader.ReadBytes(4));
        Assert.Equal(3u, reader.ReadUInt32());
        long tensorCount = reader.ReadInt64();
        long fieldCount = reader.ReadInt64();
        Dictionary<string, object> metadata = [];
        for (long i = 0; i < fieldCount; i++)
        {
            metadata.Add(ReadText(reader), ReadValue(reader, reader.ReadUInt32()));
        }

        List<(string Name, long[] Shape, uint Type, long Offset)> table = [];
        for (long i = 0; i < tensorCount; i++)
        {
            string name = ReadText(reader);
            long[] lengths = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadInt64())];
            table.Add((name, [.. lengths.Reverse()], reader.ReadUInt32(), reader.ReadInt64()));
        }

        long alignment = (long)metadata["general.alignment"];
        long data = (reader.BaseStream.Position + alignment - 1) / alignment * alignment;
        Dictionary<string, Entry> tensors = [];
        long end = data;
        foreach ((string name, long[] shape, uint type, long offset) in table)
        {
            Assert.Equal(0, offset % alignment);
            Assert.InRange(data + offset - end, 0, alignment - 1);
            Assert.All(file[(int)end..(int)(data + offset)], padding => Assert.Equal(0, padding));
            (float[] values, int bytes) = ReadNumbers(file.AsSpan((int)(data + offset)), type, shape.Aggregate(1L, (a, b) => a * b));
            tensors.Add(name, new Entry(type, shape, values));
            end = data + offset + bytes;
        }

        Assert.InRange(file.Length - end, 0, alignment - 1);
        return new GgufContent(metadata, tensors);
    }

    private static string ReadText(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes(checked((int)reader.ReadInt64())));

    private static object ReadValue(BinaryReader reader, uint type) => type switch
    {
        4 => (long)reader.ReadUInt32(),
        5 => (long)reader.ReadInt32(),
        6 => (double)reader.ReadSingle(),
        7 => reader.ReadByte() == 1,
        8 => ReadText(reader),
        9 => ReadArray(reader, reader.ReadUInt32()),
        _ => throw new InvalidDataException($"value type {type}"),
    };

    private static object[] ReadArray(BinaryReader reader, uint type) => [.. Enumerable.Range(0, checked((int)reader.ReadInt64())).Select(_ => ReadValue(reader, type))];

    private static (float[] Values, int Bytes) ReadNumbers(ReadOnlySpan<byte> bytes, uint type, long count)
    {
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> block = type == 8 ? bytes[(i / 32 * 34)..] : [];
            values[i] = type switch
            {
                0 => BitConverter.ToSingle(bytes[(i * 4)..]),
                1 => (float)BitConverter.ToHalf(bytes[(i * 2)..]),
                8 => (float)BitConverter.ToHalf(block) * (sbyte)block[2 + (i % 32)],
                30 => BitConverter.Int32BitsToSingle(BitConverter.ToUInt16(bytes[(i * 2)..]) << 16),
                _ => throw new InvalidDataException($"tensor type {type}"),
            };
        }

        return (values, values.Length * (type == 0 ? 4 : type == 8 ? 0 : 2) + (type == 8 ? values.Length / 32 * 34 : 0));
    }

    internal sealed record Entry(uint Type, long[] Shape, float[] Values);
}
