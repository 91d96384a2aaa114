using System.Text;

namespace Reflux.Models.Gguf;

/// <summary>The named values at the beginning of a GGUF file, in the order in which they are added.</summary>
internal sealed class GgufMetadata
{
    private readonly MemoryStream _bytes = new();
    private readonly BinaryWriter _writer;

    public GgufMetadata() => _writer = new BinaryWriter(_bytes, Encoding.UTF8);

    // the format's numbers for its types
    private enum ValueType : uint
    {
        UInt32 = 4,
        Int32 = 5,
        Float32 = 6,
        Bool = 7,
        String = 8,
        Array = 9,
    }

    public int Count { get; private set; }

    public void Add(string key, int value)
    {
        Begin(key, ValueType.UInt32);
        _writer.Write(checked((uint)value));
    }

    public void Add(string key, double value)
    {
        Begin(key, ValueType.Float32);
        _writer.Write((float)value);
    }

    public void Add(string key, bool value)
    {
        Begin(key, ValueType.Bool);
        _writer.Write(value);
    }

    public void Add(string key, string value)
    {
        Begin(key, ValueType.String);
        WriteText(_writer, value);
    }

    public void Add(string key, IReadOnlyCollection<string> values) => AddArray(key, ValueType.String, values, value => WriteText(_writer, value));

    public void Add(string key, IReadOnlyCollection<int> values) => AddArray(key, ValueType.Int32, values, _writer.Write);

    public void Add(string key, IReadOnlyCollection<float> values) => AddArray(key, ValueType.Float32, values, _writer.Write);

    public void WriteTo(BinaryWriter writer) => writer.Write(_bytes.GetBuffer(), 0, (int)_bytes.Length);

    public static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private void AddArray<T>(string key, ValueType element, IReadOnlyCollection<T> values, Action<T> write)
    {
        Begin(key, ValueType.Array);
        _writer.Write((uint)element);
        _writer.Write((ulong)values.Count);
        foreach (T value in values)
        {
            write(value);
        }
    }

    private void Begin(string key, ValueType type)
    {
        Count++;
        WriteText(_writer, key);
        _writer.Write((uint)type);
    }
}
