using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;
using Reflux.Silo.Teaching;
using Reflux.Silo.Tests.Support;
using Reflux.Streaming;
using Reflux.Tests.Support;

namespace Reflux.Silo.Tests.Teaching;

public sealed class LabelRecordBufferTests : IAsyncLifetime
{
    private readonly FakeClock _clock = new();
    private readonly GatedSafePosition _gate = new(open: false);
    private readonly List<long> _acknowledged = [];
    private LogSite _site = null!;
    private TeacherEngine _engine = null!;
    private LabelRecordBuffer _buffer = null!;

    public async Task InitializeAsync()
    {
        _site = await LogSite.OpenAsync();
        _engine = _site.NewEngine();
        _buffer = new LabelRecordBuffer(_engine, _site.Connection, _site.NewWriter(_gate), LogSite.LabelPartition, _clock);
    }

    public async Task DisposeAsync()
    {
        _engine.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task A_record_is_at_most_64_KiB_and_ends_before_the_sequence_that_would_not_fit()
    {
        _gate.Open();
        int[] positions = [100, 200, 300, 150, 400, 500, 50, 560, 20, 20];
        var sequences = positions.Select(Sequence).ToList();

        await _buffer.AddAsync(sequences, Acknowledge, _site.Limit);
        await _buffer.FlushAsync(Acknowledge, _site.Limit);

        var end = await _site.EndOfLabelsAsync();
        var records = await _site.LabelRecordsAsync((int)end);
        Assert.Equal(sequences.Select(sequence => sequence.SequenceId), records.SelectMany(record => record.Sequences).Select(sequence => sequence.SequenceId));
        Assert.True(records.Count > 2, $"{records.Count} records: the sequences are too short to say anything");
        Assert.All(records, record => Assert.InRange(LabelRecordCodec.Encode(record).Length, 1, LogWriter.MaxEmbeddedRecordBytes));
        Assert.All(records.Zip(records.Skip(1)), pair =>
        {
            var filled = pair.First.Sequences.Sum(sequence => LabelRecordCodec.EncodedSize(sequence, pair.First.Labels));
            Assert.InRange(filled, 0, LabelRecordBuffer.Capacity);
            Assert.True(filled + LabelRecordCodec.EncodedSize(pair.Second.Sequences[0], pair.First.Labels) > LabelRecordBuffer.Capacity, "the next sequence would have fitted");
        });
    }

    [Fact]
    public async Task Prompts_are_acknowledged_in_order_and_only_once_the_broker_has_their_record()
    {
        await _buffer.AddAsync([Sequence(3, 0), Sequence(3, 1)], Acknowledge, _site.Limit);
        var flush = _buffer.FlushAsync(Acknowledge, _site.Limit);
        await _gate.Reached.WaitAsync(_site.Limit);
        Assert.Empty(_acknowledged);
        Assert.Equal(0, await _site.EndOfLabelsAsync());

        var ends = new List<long>();
        _gate.Open();
        await flush;
        await _buffer.AddAsync([Sequence(3, 2)], Acknowledge, _site.Limit);
        await _buffer.FlushAsync(position => ends.Add(_site.EndOfLabelsAsync().GetAwaiter().GetResult()), _site.Limit);

        Assert.Equal([0, 1], _acknowledged);
        Assert.Equal([2], ends);
    }

    [Fact]
    public async Task A_flush_that_is_given_up_acknowledges_nothing_and_the_next_one_sends_the_same()
    {
        using var giveUp = new CancellationTokenSource();
        await _buffer.AddAsync([Sequence(3, 0), Sequence(3, 1)], Acknowledge, _site.Limit);
        var flush = _buffer.FlushAsync(Acknowledge, giveUp.Token);
        await _gate.Reached.WaitAsync(_site.Limit);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);
        Assert.Empty(_acknowledged);

        _gate.Open();
        await _buffer.FlushAsync(Acknowledge, _site.Limit);

        Assert.Equal([0, 1], _acknowledged);
        Assert.Equal(1, await _site.EndOfLabelsAsync());
        Assert.Equal(2, (await _site.LabelRecordsAsync(1))[0].Sequences.Count);
    }

    [Fact]
    public async Task Nothing_is_sent_or_acknowledged_where_there_is_nothing()
    {
        _gate.Open();
        await _buffer.AddAsync([], Acknowledge, _site.Limit);
        await _buffer.FlushAsync(Acknowledge, _site.Limit);
        Assert.Equal(0, await _site.EndOfLabelsAsync());

        await _buffer.AddAsync([Sequence(3, 0)], Acknowledge, _site.Limit);
        await _buffer.FlushAsync(Acknowledge, _site.Limit);
        await _buffer.FlushAsync(Acknowledge, _site.Limit);

        Assert.Equal(1, await _site.EndOfLabelsAsync());
        Assert.Equal([0], _acknowledged);
        Assert.True(_buffer.IsEmpty);
    }

    [Fact]
    public async Task Its_age_is_that_of_the_oldest_sequence_in_it()
    {
        _gate.Open();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, _buffer.Age);

        await _buffer.AddAsync([Sequence(3, 0)], Acknowledge, _site.Limit);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await _buffer.AddAsync([Sequence(3, 1)], Acknowledge, _site.Limit);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(3), _buffer.Age);

        await _buffer.FlushAsync(Acknowledge, _site.Limit);
        Assert.Equal(TimeSpan.Zero, _buffer.Age);
        await _buffer.AddAsync([Sequence(3, 2)], Acknowledge, _site.Limit);
        Assert.Equal(TimeSpan.Zero, _buffer.Age);
    }

    private void Acknowledge(Position prompt) => _acknowledged.Add(prompt.Offset);

    /// <summary>A sequence of so many labelled positions, each with every draw another token: about 93 bytes a position.</summary>
    private LabelledSequence Sequence(int positions, int offset)
    {
        var draws = _site.Lane.Lane!.Spec.Draws;
        return new LabelledSequence
        {
            SequenceId = Id128.Random(),
            PromptId = Id128.Random(),
            Keyed = false,
            Prompt = new Position(_site.Connection.KnownLogId(Topics.Prompts, 0), offset),
            Sample = 0,
            Holdout = false,
            Tokens = [0, .. Enumerable.Repeat(1, positions)],
            PromptLength = 1,
            Labels = new SampledLabels(
                [.. Enumerable.Range(0, positions + 1).Select(i => i * draws)],
                [.. Enumerable.Range(0, positions).SelectMany(_ => Enumerable.Range(0, draws).Select(draw => draw * 4_000))],
                [.. Enumerable.Repeat((ushort)1, positions * draws)],
                [.. Enumerable.Repeat((Half)1, positions)]),
        };
    }
}
