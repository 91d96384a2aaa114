using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;
using Reflux.Models;
using Reflux.Silo.Teaching;
using Reflux.Silo.Tests.Support;
using Reflux.Streaming;

namespace Reflux.Silo.Tests.Teaching;

/// <summary>A teacher whose embedding of one character is NaN: it fails on whole batches with that character, and on prompts with it alone.</summary>
public sealed class BatchAnsweringTests : IAsyncLifetime
{
    private const string Poison = "#";

    private LogSite _site = null!;
    private LanguageModel _model = null!;
    private TeacherEngine _engine = null!;
    private BatchAnswering _answering = null!;
    private long _offset;

    public async Task InitializeAsync()
    {
        _site = await LogSite.OpenAsync();
        _model = LanguageModel.Load(TestModel.Write(_site.File("untied"), tied: false), _site.Compute.Device);
        Spoil("model.embed_tokens.weight", _model.Tokenizer.IdOf(Poison)!.Value);
        _engine = new TeacherEngine(_model, _site.Lane.Lane!, _site.Lane.Id, _site.Teacher.Id);
        _answering = new BatchAnswering(_engine, _site.Compute, _site.Loggers.CreateLogger<BatchAnsweringTests>());
    }

    public async Task DisposeAsync()
    {
        _engine.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task A_batch_without_a_failure_is_answered_once()
    {
        var answers = await _answering.AnswerAsync([Prompt("where is it"), Prompt("cancel it")], CancellationToken.None);

        Assert.Equal([0, 1], answers.Select(answer => answer!.Prompt.Offset));

        // the broker's client may say what it likes
        Assert.DoesNotContain(_site.Log.Text.Split('\n'), line => line.Length > 0 && !line.Contains("librdkafka", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_the_prompt_that_the_model_fails_on_three_times_has_no_answer()
    {
        var answers = await _answering.AnswerAsync([Prompt("where is it"), Prompt($"order {Poison}"), Prompt("cancel it")], CancellationToken.None);

        Assert.Equal([0, null, 2], answers.Select(answer => answer?.Prompt.Offset));
        Assert.Equal((1, BatchAnswering.Tries - 1), (Logged("failed on a batch of 3"), Logged("@1 alone")));
    }

    [Fact]
    public async Task A_prompt_that_comes_by_itself_is_given_up_because_the_model_answers_others() =>
        Assert.Null(Assert.Single(await _answering.AnswerAsync([Prompt($"order {Poison}")], CancellationToken.None)));

    [Fact]
    public async Task A_model_that_answers_nothing_is_no_prompts_fault()
    {
        Spoil("model.norm.weight", 0);

        var failure = await Assert.ThrowsAsync<RefluxException>(() => _answering.AnswerAsync([Prompt("where is it"), Prompt("cancel it")], CancellationToken.None));

        Assert.Equal(ErrorCodes.ModelInvalid, failure.Code);
    }

    [Fact]
    public void A_text_that_the_template_refuses_is_given_up_and_its_words_are_in_no_log()
    {
        using var engine = WithTemplate("{% if 'xyzzy' in messages[0]['content'] %}{{ raise_exception(messages[0]['content']) }}{% endif %}<|user|>{{ messages[0]['content'] }}<|assistant|>");
        var answering = new BatchAnswering(engine, _site.Compute, _site.Loggers.CreateLogger<BatchAnsweringTests>());

        Assert.Null(answering.Tokenize(Waiting("no xyzzy")));
        Assert.NotNull(answering.Tokenize(Waiting("no order")));
        Assert.Equal(1, Logged("can't be tokenized"));
        Assert.DoesNotContain("xyzzy", _site.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_over_the_context_is_told_apart() =>
        Assert.Equal(ErrorCodes.PromptTooLong, Assert.Throws<RefluxException>(() => _answering.Tokenize(Waiting(new string('x', 300)))).Code);

    private TeacherEngine WithTemplate(string jinja)
    {
        var directory = TestModel.Write(_site.File("templated"));
        File.WriteAllText(Path.Combine(directory, "chat_template.jinja"), jinja);
        return new TeacherEngine(LanguageModel.Load(directory, _site.Compute.Device), _site.Lane.Lane!, _site.Lane.Id, _site.Teacher.Id);
    }

    private void Spoil(string parameter, int row) => _model.Decoder.Parameters[parameter].narrow(0, row, 1).fill_(double.NaN);

    private TeacherPrompt Prompt(string text) => new(_site.Prompt(text).PromptId, Keyed: true, Next(), _engine.Tokenize(text));

    private WaitingPrompt Waiting(string text) => new(Next(), _site.Prompt(text), []);

    private Position Next() => new(_site.Connection.KnownLogId(Topics.Prompts, 0), _offset++);

    private int Logged(string part) => _site.Log.Text.Split(part).Length - 1;
}
