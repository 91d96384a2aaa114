using System.Buffers.Binary;
using System.Text;
using Reflux.Cli.Chaos;
using Reflux.Contracts.Identity;
using Reflux.Tests.Support;

namespace Reflux.Cli.Tests.Chaos;

/// <summary>Segments put together by hand, as docs/log.md describes them.</summary>
public sealed class CheckerArchiveTests : IDisposable
{
    private static readonly LogId Log = new(Guid.Parse("33333333-0000-0000-0000-000000000000"), 4);
    private readonly TemporaryDirectory _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Records_of_all_segments_come_back_by_their_offsets()
    {
        Write("00000000000000000000.segment", Segment(0, "a", "bcd"));
        Write("00000000000000000002.segment", Segment(2, ""));
        Write(".tmp-1.segment", [1, 2, 3]);

        var records = CheckerArchive.Read(_store.Path, Log);

        Assert.Equal([(0L, "a"), (1L, "bcd"), (2L, "")], records.Select(record => (record.Key, Encoding.ASCII.GetString(record.Value))));
    }

    [Fact]
    public void A_cut_segment_and_one_with_another_offset_are_refused()
    {
        Write("00000000000000000000.segment", Segment(0, "a", "bcd")[..^1]);
        Assert.Throws<InvalidDataException>(() => CheckerArchive.Read(_store.Path, Log));

        var shifted = Segment(0, "a");
        shifted[40] = 7;
        Write("00000000000000000000.segment", shifted);
        Assert.Throws<InvalidDataException>(() => CheckerArchive.Read(_store.Path, Log));
    }

    private void Write(string name, byte[] bytes)
    {
        var directory = _store.File(Path.Combine("archive", Log.Topic.ToString("N"), "4"));
        Directory.CreateDirectory(directory);
        File.WriteAllBytes(Path.Combine(directory, name), bytes);
    }

    private static byte[] Segment(long first, params string[] records)
    {
        var bytes = new List<byte>();
        bytes.AddRange("RFXA"u8);
        bytes.AddRange(Little(1)[..4]);
        bytes.AddRange(Log.Topic.ToByteArray(bigEndian: true));
        bytes.AddRange(Little(Log.Partition)[..4]);
        bytes.AddRange(Little(first));
        bytes.AddRange(new byte[4]);
        foreach (var (index, record) in records.Index())
        {
            bytes.AddRange(Little(first + index));
            bytes.AddRange(Little(record.Length)[..4]);
            bytes.AddRange(Encoding.ASCII.GetBytes(record));
            bytes.AddRange(new byte[4]);
        }

        bytes.AddRange(new byte[8 * records.Length]);
        bytes.AddRange(Little(records.Length)[..4]);
        bytes.AddRange(new byte[8 + 4]);
        bytes.AddRange("RFXZ"u8);
        return [.. bytes];
    }

    private static byte[] Little(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
