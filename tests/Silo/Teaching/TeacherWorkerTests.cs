using System.Text;
using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;
using Reflux.Models;
using Reflux.Silo.Options;
using Reflux.Silo.Teaching;
using Reflux.Silo.Tests.Support;
using Reflux.Streaming;

namespace Reflux.Silo.Tests.Teaching;

/// <summary>Workers as a silo runs them, over a broker's own log. Each prompt is a batch of its own here, so that its answer has the same bits whatever arrived with it.</summary>
public sealed class TeacherWorkerTests : IAsyncLifetime
{
    private static readonly string[] Texts = ["where is my xyzzy order", "cancel the xyzzy", "a refund for the xyzzy", "no xyzzy"];

    private readonly List<TeacherWorker> _workers = [];
    private readonly PlayedGrains _grains = new();
    private LogSite _site = null!;

    public async Task InitializeAsync() => _site = await LogSite.OpenAsync(batchSize: 1);

    public async Task DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.StopAsync(CancellationToken.None);
            worker.Dispose();
        }

        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Prompts_become_labels_on_their_lanes_own_partition_and_are_committed()
    {
        Define();
        await AppendAsync(Texts);

        var worker = await StartAsync();
        var records = await _site.LabelledAsync(Texts.Length);
        await CommittedAsync(Texts.Length);
        await Eventually.TrueAsync(() => _grains.TeacherReports.Any(report => report is { Silo: "here", State: "running", Answered: var answered } && answered == Texts.Length), _site.Limit);
        await StopAsync(worker);

        Assert.Equal((0, 0), await _site.Connection.BoundsAsync(Topics.Labels, 0, _site.Limit));
        Assert.All(records, record => Assert.Equal((_site.Lane.Id, _site.Teacher.Id), (record.LaneId, record.TeacherId)));
        Assert.Equal(
            Texts.Select((text, offset) => (_site.Prompt(text).PromptId, new Position(_site.Connection.KnownLogId(Topics.Prompts, 0), offset))),
            records.SelectMany(record => record.Sequences).Select(sequence => (sequence.PromptId, sequence.Prompt)));
    }

    [Fact]
    public async Task What_is_no_prompt_of_this_log_is_set_aside_and_its_neighbours_are_labelled()
    {
        Define();
        var flipped = _site.Prompt(Texts[1]).Encode();
        flipped[^8] ^= 1;
        var foreign = (_site.Prompt(Texts[2]) with { LogTopic = Guid.NewGuid() }).Encode();
        var text = Encoding.UTF8.GetBytes(Texts[3]);
        byte[][] records = [_site.Prompt(Texts[0]).Encode(), flipped, foreign, text, _site.Prompt(Texts[1]).Encode()];
        foreach (var record in records)
        {
            await _site.AppendPromptAsync(record);
        }

        var worker = await StartAsync();
        var letters = await _site.DeadLettersAsync(3);
        var labels = await _site.LabelledAsync(2);
        await CommittedAsync(records.Length);
        await StopAsync(worker);

        Assert.Equal([DeadLetterReason.ChecksumMismatch, DeadLetterReason.ForeignLog, DeadLetterReason.Malformed], letters.Select(letter => letter.Reason));
        Assert.Equal([1, 2, 3], letters.Select(letter => letter.Source.Offset));
        Assert.Equal([flipped, foreign, text], letters.Select(letter => letter.Original));
        Assert.Equal([0, 4], labels.SelectMany(record => record.Sequences).Select(sequence => sequence.Prompt.Offset));
    }

    [Fact]
    public async Task A_broker_that_does_not_take_a_dead_letter_is_asked_again()
    {
        Define();
        await _site.AppendPromptAsync(Encoding.UTF8.GetBytes("no prompt"));
        await AppendAsync(Texts[..1]);
        var refusals = 2;
        var refusing = GrainProxy.Of<ILogWriter>((_, arguments) => refusals-- > 0
            ? Task.FromException<Position>(new RefluxException(ErrorCodes.BrokerUnavailable, "away", "wait"))
            : _site.Prompts.AppendAsync((string)arguments[0]!, (int)arguments[1]!, (byte[])arguments[2]!, (CancellationToken)arguments[3]!));

        var worker = await StartAsync(deadLetters: new DeadLetterWriter(_site.Connection, refusing));
        Assert.Equal(0, Assert.Single(await _site.DeadLettersAsync(1)).Source.Offset);
        Assert.Single(await _site.LabelledAsync(1));
        await CommittedAsync(2);
        await StopAsync(worker);

        Assert.True(refusals < 0);
    }

    [Fact]
    public async Task A_lane_waits_for_its_teacher_and_is_then_labelled()
    {
        _site.Catalog.Apply(_site.Lane);
        await AppendAsync(Texts[..2]);
        await _site.AppendPromptAsync(Encoding.UTF8.GetBytes("no prompt"));
        var worker = await StartAsync();

        // set aside, so the prompts before it have been read and wait
        await _site.DeadLettersAsync(1);
        Assert.Equal(0, await _site.EndOfLabelsAsync());
        _site.Catalog.Apply(_site.Teacher);

        Assert.Equal([0, 1], (await _site.LabelledAsync(2)).SelectMany(record => record.Sequences).Select(sequence => sequence.Prompt.Offset));
        await CommittedAsync(3);
        await StopAsync(worker);
    }

    [Fact]
    public async Task Prompts_whose_labels_are_not_acknowledged_stay_for_the_next_worker()
    {
        Define();
        await AppendAsync(Texts);
        var gate = new GatedSafePosition(open: false);
        var stopped = await StartAsync(gate);
        await gate.Reached.WaitAsync(_site.Limit);
        await StopAsync(stopped);
        Assert.Equal(0, await _site.CommittedPromptsAsync() ?? 0);
        Assert.Equal(0, await _site.EndOfLabelsAsync());

        var next = await StartAsync();
        var labelled = (await _site.LabelledAsync(Texts.Length)).SelectMany(record => record.Sequences).ToList();
        await CommittedAsync(Texts.Length);
        await StopAsync(next);

        using var engine = _site.NewEngine();
        var expected = labelled.Select((sequence, i) => engine.Answer(
            [new TeacherPrompt(_site.Prompt(Texts[i]).PromptId, true, sequence.Prompt, engine.Tokenize(Texts[i]))], CancellationToken.None)[0]);
        Assert.Equal(Bytes(engine, expected), Bytes(engine, labelled));
    }

    [Fact]
    public async Task The_same_prompts_again_get_the_same_tokens_and_draws_from_another_worker()
    {
        Define();
        await AppendAsync(Texts);
        var first = await StartAsync();
        await CommittedAsync(Texts.Length);
        await StopAsync(first);

        await AppendAsync(Texts);
        var second = await StartAsync();
        var labelled = (await _site.LabelledAsync(2 * Texts.Length)).SelectMany(record => record.Sequences).ToList();
        await StopAsync(second);

        using var engine = _site.NewEngine();
        var wherever = labelled.Select(sequence => sequence with { Prompt = default }).ToList();
        Assert.Equal(Enumerable.Range(0, 2 * Texts.Length).Select(i => (long)i), labelled.Select(sequence => sequence.Prompt.Offset));
        Assert.Equal(Bytes(engine, wherever.Take(Texts.Length)), Bytes(engine, wherever.Skip(Texts.Length)));
    }

    [Fact]
    public async Task A_teacher_that_does_not_load_is_tried_again_and_its_prompts_wait()
    {
        Define();
        await AppendAsync(Texts[..1]);
        var weights = Path.Combine(_site.Model, ModelDirectory.WeightsFile);
        File.Move(weights, weights + ".away");

        var worker = await StartAsync();
        await Eventually.TrueAsync(() => _grains.TeacherReports.Any(report => report.State == "failed"), _site.Limit);
        Assert.Equal(0, await _site.CommittedPromptsAsync() ?? 0);
        File.Move(weights + ".away", weights);

        await CommittedAsync(1);
        await StopAsync(worker);
        Assert.Single(await _site.LabelledAsync(1));
    }

    [Fact]
    public async Task Prompts_of_a_deleted_lane_are_set_aside_and_hold_nobody_back()
    {
        _site.Catalog.Apply(_site.Lane);
        await AppendAsync(Texts[..2]);
        var worker = await StartAsync();
        await _site.AppendPromptAsync(Encoding.UTF8.GetBytes("no prompt"));
        await _site.DeadLettersAsync(1);

        _site.Catalog.Apply(_site.Lane with { Deleted = true, Revision = 2 });
        await _site.DeadLettersAsync(3);
        await AppendAsync(Texts[2]);
        var letters = await _site.DeadLettersAsync(4);
        await CommittedAsync(4);
        await StopAsync(worker);

        Assert.Equal([0, 1, 3], letters.Where(letter => letter.Reason == DeadLetterReason.LaneDeleted).Select(letter => letter.Source.Offset));
        Assert.Equal(0, await _site.EndOfLabelsAsync());
    }

    [Fact]
    public async Task Another_teacher_labels_what_the_one_before_it_left()
    {
        Define();
        await AppendAsync(Texts[..1]);
        var worker = await StartAsync();
        await CommittedAsync(1);

        _site.Catalog.Apply(_site.Teacher with { Deleted = true, Revision = 2 });
        await Eventually.TrueAsync(() => _site.Log.Text.Contains("replaced or deleted", StringComparison.Ordinal), _site.Limit);
        await AppendAsync(Texts[1]);
        var successor = _site.Teacher with { Id = Guid.NewGuid(), Name = "successor" };
        _site.Catalog.Apply(successor);

        var records = await _site.LabelledAsync(2);
        await CommittedAsync(2);
        await StopAsync(worker);
        Assert.Equal([_site.Teacher.Id, successor.Id], records.Select(record => record.TeacherId));
    }

    [Fact]
    public async Task The_text_of_a_prompt_stands_in_no_log_line()
    {
        Define();
        await AppendAsync(Texts);
        await _site.AppendPromptAsync(Encoding.UTF8.GetBytes(Texts[0]));
        await _site.AppendPromptAsync((_site.Prompt(Texts[1]) with { LogTopic = Guid.NewGuid() }).Encode());
        await AppendAsync(string.Concat(Enumerable.Repeat("xyzzy ", 100)));

        var worker = await StartAsync();
        await _site.LabelledAsync(Texts.Length);
        await _site.DeadLettersAsync(3);
        await StopAsync(worker);

        Assert.Contains(nameof(DeadLetterReason.ForeignLog), _site.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("xyzzy", _site.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_whose_membership_ends_with_the_broker_joins_again_and_goes_on()
    {
        Define();
        await AppendAsync(Texts);
        var connection = new RefusingConnection(_site.Connection, refusals: 2);

        var worker = await StartAsync(connection: connection);
        await _site.LabelledAsync(Texts.Length);
        await CommittedAsync(Texts.Length);
        await StopAsync(worker);

        Assert.Equal(3, connection.Joined);
    }

    [Fact]
    public async Task Prompts_that_the_log_has_lost_end_the_worker()
    {
        var lost = PositionException.Outside(Topics.Prompts, 0, null, "gone");
        var worker = await StartAsync(connection: new RefusingConnection(_site.Connection, refusals: 1, lost));

        Assert.Same(lost, await Assert.ThrowsAsync<PositionException>(() => worker.ExecuteTask!));
        _workers.Clear();
        worker.Dispose();
    }

    private static byte[] Bytes(TeacherEngine engine, IEnumerable<LabelledSequence> sequences) =>
        LabelRecordCodec.Encode(engine.CreateRecord(Guid.Empty, [.. sequences]) with { RecordId = default });

    private void Define()
    {
        _site.Catalog.Apply(_site.Lane);
        _site.Catalog.Apply(_site.Teacher);
    }

    private async Task AppendAsync(params string[] texts)
    {
        foreach (var text in texts)
        {
            await _site.AppendPromptAsync(text);
        }
    }

    private async Task<TeacherWorker> StartAsync(GatedSafePosition? gate = null, DeadLetterWriter? deadLetters = null, ILogConnection? connection = null)
    {
        deadLetters ??= _site.DeadLetters;
        var time = new QuickTime();
        var writer = _site.NewWriter(gate ?? new GatedSafePosition(open: true));
        var labellers = new LaneLabellerFactory(_site.Connection, writer, _site.Compute, deadLetters, time, _site.Loggers.CreateLogger<LaneLabeller>());
        var reporter = new TeacherReporter(_grains.Factory, new SiloSettings { Name = "here" }, time, _site.Loggers.CreateLogger<TeacherReporter>());
        var worker = new TeacherWorker(connection ?? _site.Connection, deadLetters, _site.Catalog, labellers, reporter, time, _site.Loggers.CreateLogger<TeacherWorker>());
        _workers.Add(worker);
        await worker.StartAsync(_site.Limit);
        return worker;
    }

    /// <summary>Waits until so many prompts are done with for good.</summary>
    private Task CommittedAsync(int prompts) => Eventually.TrueAsync(async () => await _site.CommittedPromptsAsync() == prompts, _site.Limit);

    /// <summary>As the host does: returns when it has committed what is finished and left its group.</summary>
    private async Task StopAsync(TeacherWorker worker) => await worker.StopAsync(_site.Limit);
}
