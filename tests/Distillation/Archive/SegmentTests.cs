using Reflux.Contracts.Identity;
using Reflux.Distillation.Archive;
using Reflux.Tests.Support;

namespace Reflux.Distillation.Tests.Archive;

public sealed class SegmentTests : IDisposable
{
    private const long First = 40;
    private const int Count = 5;

    private static readonly LogId Log = new(new Guid("01890a5d-ac96-774b-bcce-000000000001"), 3);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(First)]
    [InlineData(First + 3)]
    [InlineData(First + Count - 1)]
    public async Task It_is_read_from_any_offset_that_it_holds(long from)
    {
        var segment = await WriteAsync();

        Assert.Equal((First, First + Count), (segment.Base, segment.End));
        Assert.Equal(Enumerable.Range((int)from, (int)(First + Count - from)).Select(i => (long)i), await ReadAsync(segment, from));
    }

    [Fact]
    public async Task Every_flipped_bit_is_found()
    {
        var segment = await WriteAsync();
        var path = _directory.File(segment.File);
        var whole = await File.ReadAllBytesAsync(path);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[i] ^= (byte)(1 << (i % 8));
            await File.WriteAllBytesAsync(path, damaged);

            await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(segment, First));
        }
    }

    [Fact]
    public async Task Every_cut_is_found()
    {
        var segment = await WriteAsync();
        var path = _directory.File(segment.File);
        var whole = await File.ReadAllBytesAsync(path);
        for (var length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(path, whole[..length]);

            // also where the list would state the cut size
            await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(segment with { Bytes = length }, First));
        }
    }

    [Fact]
    public async Task A_segment_of_another_log_or_offset_is_refused()
    {
        var segment = await WriteAsync();

        await Assert.ThrowsAsync<InvalidDataException>(() => SegmentReader.OpenAsync(_directory.Path, Log with { Partition = 4 }, segment, First, CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            SegmentReader.OpenAsync(_directory.Path, Log, segment with { Base = First + 1, End = First + Count + 1 }, First + 1, CancellationToken.None));
    }

    [Fact]
    public async Task What_is_not_sealed_is_not_there()
    {
        await using (var writer = await SegmentWriter.CreateAsync(_directory.Path, new Position(Log, First)))
        {
            await writer.AppendAsync(ArchiveSite.Value(First));
        }

        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    private async Task<ArchiveSegment> WriteAsync()
    {
        await using var writer = await SegmentWriter.CreateAsync(_directory.Path, new Position(Log, First));
        for (var offset = First; offset < First + Count; offset++)
        {
            await writer.AppendAsync(ArchiveSite.Value(offset));
        }

        return await writer.SealAsync(DateTimeOffset.UnixEpoch);
    }

    private async Task<List<long>> ReadAsync(ArchiveSegment segment, long from)
    {
        await using var reader = await SegmentReader.OpenAsync(_directory.Path, Log, segment, from, CancellationToken.None);
        var offsets = new List<long>();
        while (!reader.AtEnd)
        {
            var record = await reader.ReadAsync(CancellationToken.None);
            Assert.Equal(ArchiveSite.Value(record.Position.Offset), record.Value.ToArray());
            offsets.Add(record.Position.Offset);
        }

        return offsets;
    }
}
