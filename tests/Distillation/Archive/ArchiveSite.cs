using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Archive;
using Reflux.Distillation.Training;
using Reflux.Tests.Support;

namespace Reflux.Distillation.Tests.Archive;

/// <summary>A broker's log that forgets, and an archive beside it.</summary>
internal sealed class ArchiveSite : IDisposable
{
    public static readonly ArchivedLane Lane = new(new Guid("01890a5d-ac96-774b-bcce-00000000000b"), "support");

    private readonly TemporaryDirectory _directory = new();

    public ArchiveSite() => Store = new ArchiveStore(_directory.File("archive"));

    public ForgetfulLog Broker { get; } = new();

    public ArchiveStore Store { get; }

    public ArchiveOptions Options { get; } = new() { SegmentSeconds = 10 };

    public FakeClock Time { get; } = new();

    /// <summary>Every position that an archiver published.</summary>
    public List<Position> Published { get; } = [];

    public LogArchive Archive => Store.Of(Broker.Id);

    public ArchiveInspector Inspector => new(Store);

    public static byte[] Value(long offset) => [.. Enumerable.Range(0, 40 + (int)(offset % 7)).Select(i => (byte)(offset + i))];

    public LaneArchiver NewArchiver(int mostRecords = int.MaxValue) => new(
        new LaneArchiverContext
        {
            Lane = Lane,
            Partition = Broker.Id.Partition,
            CurrentLog = (_, _) => Task.FromResult(Broker.Id),
            Labels = Broker,
            Publish = (position, _) =>
            {
                Published.Add(position);
                return Task.CompletedTask;
            },
            Store = Store,
            Options = Options,
            MostUnsealedRecords = mostRecords,
            Time = Time,
        },
        NullLogger<LaneArchiver>.Instance);

    public ILabelLogFactory NewReader(bool withBroker = true) => new ArchivedLabelLogFactory(withBroker ? Broker : null, (_, _) => Task.FromResult(Broker.Id), Store);

    /// <summary>Appends records and archives them in segments of so many, the last one as it is.</summary>
    public async Task ArchiveAsync(int records, int perSegment)
    {
        Broker.Append(records);
        using var stop = new CancellationTokenSource();
        var running = NewArchiver(perSegment).RunAsync(stop.Token);
        await Broker.Drained.WaitAsync(TimeSpan.FromMinutes(1));
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Reads so many records from a position on; each must be the one that was appended there.</summary>
    public static async Task<List<long>> ReadAsync(ILabelLog log, int count)
    {
        var offsets = new List<long>();
        while (offsets.Count < count)
        {
            var record = await log.ReadAsync(CancellationToken.None);
            Assert.Equal(Value(record.Position.Offset), record.Value.ToArray());
            offsets.Add(record.Position.Offset);
        }

        return offsets;
    }

    public string FileOf(int segment) => Directory.GetFiles(Archive.Directory, "*.segment").Order().ElementAt(segment);

    public void Dispose() => _directory.Dispose();
}
