using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;
using Reflux.Models;
using Reflux.Silo.Teaching;
using Reflux.Silo.Tests.Support;
using Reflux.Streaming;
using Reflux.Tests.Support;

namespace Reflux.Silo.Tests.Teaching;

public sealed class LaneLabellerTests : IAsyncLifetime
{
    private readonly FakeClock _clock = new();
    private readonly Channel<WaitingPrompt> _prompts = Channel.CreateUnbounded<WaitingPrompt>();
    private readonly Channel<long> _acknowledged = Channel.CreateUnbounded<long>();
    private readonly CancellationTokenSource _stop = new();
    private LogSite _site = null!;
    private Task _run = Task.CompletedTask;
    private long _offset;

    public async Task InitializeAsync() => _site = await LogSite.OpenAsync();

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _site.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task What_waits_goes_off_together_in_one_record_a_second_after_it_was_labelled()
    {
        Give("where is my order");
        Give("cancel it");
        Give(new string('x', 300));
        Start(batchSize: 2);

        // the third is set aside after the first two were labelled, and no time has passed since
        Assert.Equal([2], await AcknowledgedAsync(1));
        Assert.Equal(0, await _site.EndOfLabelsAsync());

        // it is waiting by now, so that the second reaches it
        await Eventually.TrueAsync(() => _clock.NextDue <= _clock.GetUtcNow() + TimeSpan.FromSeconds(1), _site.Limit);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([0, 1], await AcknowledgedAsync(2));

        var record = Assert.Single(await _site.LabelRecordsAsync((int)await _site.EndOfLabelsAsync()));
        Assert.Equal([0, 1], record.Sequences.Select(sequence => sequence.Prompt.Offset));
    }

    [Fact]
    public async Task The_record_says_who_answered_which_prompt_and_how()
    {
        var prompts = new[] { Give("where is my order"), Give("cancel it") };
        Start(batchSize: 2);
        await LetTimePassUntilAcknowledgedAsync(2);

        var record = Assert.Single(await _site.LabelRecordsAsync((int)await _site.EndOfLabelsAsync()));
        using var model = LanguageModel.Load(_site.Model, _site.Compute.Device);
        Assert.Equal(_site.Connection.KnownLogId(Topics.Labels, LogSite.LabelPartition).Topic, record.LogTopic);
        Assert.Equal((_site.Lane.Id, _site.Teacher.Id), (record.LaneId, record.TeacherId));
        Assert.Equal((model.Revision, model.Tokenizer.Hash, model.Template.Hash), (record.TeacherRevision, record.TokenizerHash, record.TemplateHash));
        Assert.Equal(new LabelSpec(LabelKind.Sampled, 50, 1), record.Labels);
        Assert.Equal(2, record.Sequences.Count);
        Assert.All(prompts.Zip(record.Sequences), pair =>
        {
            var (prompt, sequence) = pair;
            Assert.Equal((prompt.Prompt.PromptId, true, prompt.Position, 0), (sequence.PromptId, sequence.Keyed, sequence.Prompt, sequence.Sample));
            Assert.Equal(SequenceIdentity.SequenceId(_site.Lane.Id, prompt.Prompt.PromptId, 0), sequence.SequenceId);
            Assert.Equal(model.Template.Encode(model.Tokenizer, prompt.Prompt.Text), sequence.Tokens[..sequence.PromptLength]);
            Assert.InRange(sequence.LabelledTokens, 1, _site.Lane.Lane!.Spec.MaxAnswerTokens);
        });
    }

    [Fact]
    public async Task A_prompt_over_the_context_is_set_aside_whole_and_its_neighbours_are_labelled()
    {
        Give("where is my order");
        var tooLong = Give(new string('x', 300));
        Give("cancel it");
        Start(batchSize: 4);
        await LetTimePassUntilAcknowledgedAsync(3);

        var letter = Assert.Single(await _site.DeadLettersAsync((int)(await _site.Connection.BoundsAsync(Topics.DeadLetters, 0, _site.Limit)).End));
        Assert.Equal((DeadLetterReason.PromptTooLong, tooLong.Position), (letter.Reason, letter.Source));
        Assert.Equal(tooLong.Original, letter.Original);
        Assert.Equal(_site.Connection.KnownLogId(Topics.DeadLetters, 0).Topic, letter.LogTopic);
        var labelled = (await _site.LabelledAsync(2)).SelectMany(record => record.Sequences).Select(sequence => sequence.Prompt.Offset);
        Assert.Equal([0, 2], labelled);
    }

    [Fact]
    public async Task An_answer_that_fits_no_record_is_set_aside_and_stops_nobody()
    {
        await _site.DisposeAsync();
        _site = await LogSite.OpenAsync(maxAnswerTokens: 200, holdout: 0.5, draws: 1000, maxPositions: 256);
        var given = Enumerable.Range(0, 4).Select(i => Give($"where is order {i}")).ToList();
        Start(batchSize: 4);
        await LetTimePassUntilAcknowledgedAsync(given.Count);

        var letters = await _site.DeadLettersAsync((int)(await _site.Connection.BoundsAsync(Topics.DeadLetters, 0, _site.Limit)).End);
        var labelled = await _site.LabelledAsync(given.Count - letters.Count);

        Assert.NotEmpty(letters);
        Assert.All(letters, letter => Assert.Equal(DeadLetterReason.LabelsTooLarge, letter.Reason));
        Assert.Equal(
            given.Select(prompt => prompt.Position.Offset),
            letters.Select(letter => letter.Source.Offset).Concat(labelled.SelectMany(record => record.Sequences).Select(sequence => sequence.Prompt.Offset)).Order());
    }

    [Fact]
    public async Task A_prompt_that_the_teacher_fails_on_is_set_aside_and_its_neighbours_are_labelled()
    {
        Give("where is my order");
        var failing = Give("order #");
        Give("cancel it");
        Start(batchSize: 4, Spoiled("#"));
        await LetTimePassUntilAcknowledgedAsync(3);

        var letter = Assert.Single(await _site.DeadLettersAsync((int)(await _site.Connection.BoundsAsync(Topics.DeadLetters, 0, _site.Limit)).End));
        Assert.Equal((DeadLetterReason.TeacherFailed, failing.Position), (letter.Reason, letter.Source));
        Assert.Equal(failing.Original, letter.Original);
        Assert.Equal([0, 2], (await _site.LabelledAsync(2)).SelectMany(record => record.Sequences).Select(sequence => sequence.Prompt.Offset));
    }

    [Fact]
    public async Task A_full_batch_is_answered_without_waiting_for_more_prompts()
    {
        Start(batchSize: 2);
        Give("where is my order");
        Give("cancel it");

        // the clock stands still, so whoever waits for it waits for ever
        await Eventually.TrueAsync(() => _site.Compute.Busy(ComputeQueue.Teacher) > TimeSpan.Zero, _site.Limit);
    }

    private WaitingPrompt Give(string text)
    {
        var prompt = _site.Prompt(text);
        var waiting = new WaitingPrompt(new Position(_site.Connection.KnownLogId(Topics.Prompts, 0), _offset++), prompt, prompt.Encode());
        Assert.True(_prompts.Writer.TryWrite(waiting));
        return waiting;
    }

    /// <summary>A teacher whose embedding of one token is NaN.</summary>
    private TeacherEngine Spoiled(string token)
    {
        var model = LanguageModel.Load(TestModel.Write(_site.File("untied"), tied: false), _site.Compute.Device);
        model.Decoder.Parameters["model.embed_tokens.weight"].narrow(0, model.Tokenizer.IdOf(token)!.Value, 1).fill_(double.NaN);
        return new TeacherEngine(model, _site.Lane.Lane!, _site.Lane.Id, _site.Teacher.Id);
    }

    private void Start(int batchSize, TeacherEngine? teacher = null)
    {
        var engine = teacher ?? _site.NewEngine();
        var labels = new LabelRecordBuffer(engine, _site.Connection, _site.NewWriter(new GatedSafePosition(open: true)), LogSite.LabelPartition, _clock);
        _run = RunAsync(new LaneLabeller(engine, batchSize, _site.Compute, labels, _site.DeadLetters, _clock, _site.Loggers.CreateLogger<LaneLabeller>()));
    }

    private async Task RunAsync(LaneLabeller labeller)
    {
        await using (labeller)
        {
            await labeller.RunAsync(_prompts.Reader, prompt => _acknowledged.Writer.TryWrite(prompt.Offset), _stop.Token);
        }
    }

    private async Task<List<long>> AcknowledgedAsync(int count)
    {
        var offsets = new List<long>();
        while (offsets.Count < count)
        {
            offsets.Add(await _acknowledged.Reader.ReadAsync(_site.Limit));
        }

        return offsets;
    }

    private Task LetTimePassUntilAcknowledgedAsync(int count) =>
        Eventually.TrueAsync(() => _acknowledged.Reader.Count == count, _site.Limit, () => _clock.Advance(TimeSpan.FromMilliseconds(500)));
}
