using System.Globalization;
using Microsoft.Extensions.Logging;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;
using Reflux.Models;
using Reflux.Silo.Definitions;
using Reflux.Silo.Teaching;
using Reflux.Streaming;
using Reflux.Streaming.Embedded;
using Reflux.Tests.Support;

namespace Reflux.Silo.Tests.Support;

/// <summary>What stands around the workers of a silo: a broker of its own in this process, a catalog, a compute thread, and a teacher of a few kilobytes for one lane.</summary>
internal sealed class LogSite : IAsyncDisposable
{
    /// <summary>Not the first, so that a worker that forgets to look at the definition is found out.</summary>
    public const int LabelPartition = 1;

    // draws and holdouts hang on ids: these are the same in every run
    private static readonly Guid LaneId = new("01890a5d-ac96-774b-bcce-00000000000b");
    private static readonly Guid TeacherId = new("01890a5d-ac96-774b-bcce-00000000000c");

    private readonly CancellationTokenSource _limit = new(Eventually.Patience);
    private readonly TemporaryDirectory _directory = new();
    private readonly EmbeddedBrokerServer _broker;
    private readonly List<LogWriter> _writers = [];

    private LogSite(EmbeddedBrokerServer broker, LogConnection connection, CapturedLog log, ILoggerFactory loggers, LaneSpec lane, int batchSize, int maxPositions)
    {
        (_broker, Connection, Log, Loggers) = (broker, connection, log, loggers);
        Prompts = NewWriter(new GatedSafePosition(open: true));
        DeadLetters = new DeadLetterWriter(connection, Prompts);
        Model = TestModel.Write(File("teacher"), maxPositions);
        Lane = new Definition { Kind = DefinitionKind.Lane, Id = LaneId, Name = lane.Name, Revision = 1, Lane = new LaneDefinition(lane, LabelPartition, LabelSeed: 7) };
        var teacher = new TeacherSpec { Name = "teacher", Lane = lane.Name, Model = Model, BatchSize = batchSize };
        Teacher = new Definition { Kind = DefinitionKind.Teacher, Id = TeacherId, Name = "teacher", Revision = 1, Teacher = new TeacherDefinition(teacher, Lane.Id) };
        Catalog.ReportCaughtUp();
    }

    public LogConnection Connection { get; }

    /// <summary>A writer that nothing holds back.</summary>
    public LogWriter Prompts { get; }

    public DeadLetterWriter DeadLetters { get; }

    /// <summary>Caught up, and empty until a test applies a definition.</summary>
    public DefinitionCatalog Catalog { get; } = new();

    public ComputeThread Compute { get; } = new(new ComputeOptions { Threads = 1 });

    public CapturedLog Log { get; }

    public ILoggerFactory Loggers { get; }

    /// <summary>The teacher's directory.</summary>
    public string Model { get; }

    public Definition Lane { get; }

    public Definition Teacher { get; }

    /// <summary>Ends a test that hangs.</summary>
    public CancellationToken Limit => _limit.Token;

    public static async Task<LogSite> OpenAsync(int batchSize = 4, int maxAnswerTokens = 8, double holdout = 0, int draws = 50, int maxPositions = 64, int? maxRecordBytes = null)
    {
        var log = new CapturedLog();
        var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        var options = new KafkaOptions { PromptPartitions = 1, LabelPartitions = 2 };
        if (maxRecordBytes is { } bytes)
        {
            options.Settings["message.max.bytes"] = bytes.ToString(CultureInfo.InvariantCulture);
        }

        var broker = new EmbeddedBrokerServer(options);
        using var patience = new CancellationTokenSource(Eventually.Patience);
        var connection = await LogConnection.OpenAsync(options, broker.Address, TimeProvider.System, loggers, patience.Token);
        var lane = new LaneSpec { Name = "lane", MaxAnswerTokens = maxAnswerTokens, HoldoutFraction = holdout, Draws = draws };
        return new LogSite(broker, connection, log, loggers, lane, batchSize, maxPositions);
    }

    public string File(string name) => _directory.File(name);

    /// <summary>A writer that goes with the site.</summary>
    public LogWriter NewWriter(ISafePosition safePosition)
    {
        var writer = new LogWriter(Connection, safePosition);
        _writers.Add(writer);
        return writer;
    }

    /// <summary>The lane's teacher, for this test to ask.</summary>
    public TeacherEngine NewEngine() => new(LanguageModel.Load(Model, Compute.Device), Lane.Lane!, Lane.Id, Teacher.Id);

    /// <summary>A prompt of the lane as the gateway would write it. The same text is the same prompt.</summary>
    public PromptRecord Prompt(string text) =>
        new(Connection.KnownLogId(Topics.Prompts, 0).Topic, Lane.Id, SequenceIdentity.PromptId(Lane.Id, text), Keyed: true, text);

    public Task<Position> AppendPromptAsync(string text) => AppendPromptAsync(Prompt(text).Encode());

    public Task<Position> AppendPromptAsync(byte[] record) => Prompts.AppendAsync(Topics.Prompts, 0, record, Limit);

    /// <summary>Another, empty log takes the place of the labels'.</summary>
    public void ReplaceLabels() => _broker.RecreateTopic(Topics.Labels, 2);

    public async Task<long> EndOfLabelsAsync() => (await Connection.BoundsAsync(Topics.Labels, LabelPartition, Limit)).End;

    /// <summary>The first so many label records of the lane's partition; waits for them.</summary>
    public async Task<List<LabelRecord>> LabelRecordsAsync(int count) =>
        [.. (await ReadAsync(Topics.Labels, LabelPartition, read => read.Count == count)).Select(bytes => LabelRecordCodec.Decode(bytes))];

    /// <summary>The lane's label records up to the one that makes them hold so many sequences; waits for them.</summary>
    public async Task<List<LabelRecord>> LabelledAsync(int sequences) =>
    [
        .. (await ReadAsync(Topics.Labels, LabelPartition, read => read.Sum(bytes => LabelRecordCodec.Decode(bytes).Sequences.Count) >= sequences))
            .Select(bytes => LabelRecordCodec.Decode(bytes)),
    ];

    /// <summary>The first so many dead letters; waits for them.</summary>
    public async Task<List<DeadLetter>> DeadLettersAsync(int count) =>
        [.. (await ReadAsync(Topics.DeadLetters, 0, read => read.Count == count)).Select(bytes => DeadLetter.Decode(bytes))];

    /// <summary>Prompts that the teachers' group is done with; null where it has committed nothing.</summary>
    public Task<long?> CommittedPromptsAsync() => Connection.CommittedAsync(ConsumerGroups.Teachers, Topics.Prompts, 0, Limit);

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers)
        {
            await writer.DisposeAsync();
        }

        await Connection.DisposeAsync();
        _broker.Dispose();
        Compute.Dispose();
        Loggers.Dispose();
        _directory.Dispose();
        _limit.Dispose();
    }

    private async Task<List<byte[]>> ReadAsync(string topic, int partition, Func<List<byte[]>, bool> enough)
    {
        await using var reader = await LogReader.OpenAsync(Connection, topic, partition, from: null, Limit);
        var read = new List<byte[]>();
        while (!enough(read))
        {
            read.Add((await reader.ReadAsync(Limit)).Value);
        }

        return read;
    }
}
