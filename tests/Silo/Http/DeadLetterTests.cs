using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Reflux.Client;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Silo.Definitions;
using Reflux.Silo.Teaching;
using Reflux.Silo.Tests.Support;
using Reflux.Streaming;

namespace Reflux.Silo.Tests.Http;

public sealed class DeadLetterTests : IAsyncLifetime
{
    private const string Secret = "my card number is 4929";

    private readonly TestSilo _silo = new();

    public Task InitializeAsync() => _silo.InitializeAsync();

    public Task DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task They_are_listed_page_by_page_without_their_text()
    {
        Assert.Empty((await _silo.Client.DeadLettersAsync()).Items);
        var lane = (await _silo.NewLaneAsync("listed")).Id;
        for (var i = 0; i < 3; i++)
        {
            await SetAsideAsync(DeadLetterReason.TeacherFailed, Prompt(lane, i).Encode());
        }

        await SetAsideAsync(DeadLetterReason.Malformed, [1, 2, 3]);

        var first = await _silo.Client.DeadLettersAsync(limit: 3);
        var second = await _silo.Client.DeadLettersAsync(from: first.Next!.Value);

        Assert.Equal([0, 1, 2], first.Items.Select(letter => letter.Offset));
        Assert.All(first.Items, letter => Assert.Equal(("teacherFailed", "prompt", true), (letter.Reason, letter.Kind, letter.Retriable)));
        var last = Assert.Single(second.Items);
        Assert.Equal((3, "malformed", "unknown", 3, false), (last.Offset, last.Reason, last.Kind, last.Bytes, last.Retriable));
        Assert.Null(second.Next);
        Assert.DoesNotContain(Secret, await _silo.Http.GetStringAsync("v1/deadletters"));
    }

    [Fact]
    public async Task Text_is_shown_only_where_it_is_asked_for()
    {
        var lane = (await _silo.NewLaneAsync("shown")).Id;
        var prompt = Prompt(lane, 0);
        await SetAsideAsync(DeadLetterReason.PromptTooLong, prompt.Encode());

        var hidden = await _silo.Client.DeadLetterAsync(0, reveal: false);
        var shown = await _silo.Client.DeadLetterAsync(0, reveal: true);

        // the bytes would stand there as base64
        var answer = await _silo.Http.GetStringAsync("v1/deadletters/0");
        Assert.DoesNotContain(Secret, answer);
        Assert.DoesNotContain(Convert.ToBase64String(prompt.Encode())[20..60], answer);
        Assert.Contains(Convert.ToBase64String(prompt.Encode())[20..60], await _silo.Http.GetStringAsync("v1/deadletters/0?reveal=true"));
        Assert.Equal((lane, prompt.PromptId, null, null), (hidden.LaneId, Assert.Single(hidden.Prompts), hidden.Text, hidden.Original));
        Assert.Equal(prompt.Text, shown.Text);
        Assert.Equal(prompt.Encode(), shown.Original);
        var missing = await Assert.ThrowsAsync<RefluxApiException>(() => _silo.Client.DeadLetterAsync(7, reveal: false));
        Assert.Equal((HttpStatusCode.NotFound, ErrorCodes.DeadLetterNotFound), (missing.Status, missing.Code));
    }

    [Fact]
    public async Task A_prompt_is_sent_again_under_its_id_so_that_two_retries_are_one_sequence()
    {
        var lane = await _silo.NewLaneAsync("retried");
        var catalog = _silo.Services.GetRequiredService<IDefinitionCatalog>();
        using var limit = new CancellationTokenSource(Eventually.Patience);
        await Eventually.TrueAsync(() => catalog.Find(lane.Id) is not null, limit.Token);
        var prompt = Prompt(lane.Id, 0) with { Keyed = false, LogTopic = Guid.NewGuid() };
        await SetAsideAsync(DeadLetterReason.ForeignLog, prompt.Encode());

        var once = await _silo.Client.RetryDeadLetterAsync(0);
        var twice = await _silo.Client.RetryDeadLetterAsync(0);

        Assert.Equal((Topics.Prompts, once.Position with { Offset = once.Position.Offset + 1 }), (twice.Topic, twice.Position));
        var connection = _silo.Services.GetRequiredService<LogConnection>();
        await using var reader = await LogReader.OpenAsync(connection, Topics.Prompts, once.Position.Log.Partition, once.Position, limit.Token);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(prompt with { Keyed = true, LogTopic = once.Position.Log.Topic }, PromptRecord.Decode((await reader.ReadAsync(limit.Token)).Value));
        }
    }

    [Theory]
    [InlineData(DeadLetterReason.NonFiniteStep)]
    [InlineData(DeadLetterReason.Stale)]
    [InlineData(DeadLetterReason.InvalidLabels)]
    public async Task What_would_end_the_same_way_is_refused(DeadLetterReason reason)
    {
        await SetAsideAsync(reason, Prompt(Guid.NewGuid(), 0).Encode());

        var refusal = await Assert.ThrowsAsync<RefluxApiException>(() => _silo.Client.RetryDeadLetterAsync(0, force: true));

        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.DeadLetterFinal), (refusal.Status, refusal.Code));
    }

    [Fact]
    public async Task A_letter_that_only_names_its_record_says_where_that_stands()
    {
        await SetAsideAsync(DeadLetterReason.TeacherFailed, []);

        var refusal = await Assert.ThrowsAsync<RefluxApiException>(() => _silo.Client.RetryDeadLetterAsync(0, force: true));

        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.DeadLetterFinal), (refusal.Status, refusal.Code));
        Assert.Contains("/2@5", refusal.Message);
        Assert.Equal(("unknown", 0), Assert.Single((await _silo.Client.DeadLettersAsync()).Items) is var letter ? (letter.Kind, letter.Bytes) : default);
    }

    [Theory]
    [InlineData(DeadLetterReason.PromptTooLong)]
    [InlineData(DeadLetterReason.ForeignTokenizer)]
    public async Task What_only_another_teacher_or_student_could_use_wants_force(DeadLetterReason reason)
    {
        var lane = await _silo.NewLaneAsync("forced");
        var catalog = _silo.Services.GetRequiredService<IDefinitionCatalog>();
        using var limit = new CancellationTokenSource(Eventually.Patience);
        await Eventually.TrueAsync(() => catalog.Find(lane.Id) is not null, limit.Token);
        await SetAsideAsync(reason, Prompt(lane.Id, 0).Encode());

        Assert.False(Assert.Single((await _silo.Client.DeadLettersAsync()).Items).Retriable);
        var refusal = await Assert.ThrowsAsync<RefluxApiException>(() => _silo.Client.RetryDeadLetterAsync(0));
        Assert.Equal(ErrorCodes.DeadLetterFinal, refusal.Code);
        Assert.Contains("--force", refusal.Remedy, StringComparison.Ordinal);
        Assert.Equal(Topics.Prompts, (await _silo.Client.RetryDeadLetterAsync(0, force: true)).Topic);
    }

    [Fact]
    public async Task A_lane_that_is_gone_gets_nothing_any_more()
    {
        await SetAsideAsync(DeadLetterReason.LaneDeleted, Prompt(Guid.NewGuid(), 0).Encode());

        var refusal = await Assert.ThrowsAsync<RefluxApiException>(() => _silo.Client.RetryDeadLetterAsync(0));

        Assert.Equal(ErrorCodes.LaneNotFound, refusal.Code);
    }

    private static PromptRecord Prompt(Guid lane, int i) => new(Guid.NewGuid(), lane, SequenceIdentity.PromptId(lane, $"{i}"), Keyed: true, $"{Secret} {i}");

    private Task SetAsideAsync(DeadLetterReason reason, byte[] original)
    {
        var letters = new DeadLetterWriter(_silo.Services.GetRequiredService<LogConnection>(), _silo.Services.GetRequiredService<LogWriter>());
        return letters.WriteAsync(new DeadLetter(reason, new Position(new LogId(Guid.NewGuid(), 2), 5), original), CancellationToken.None);
    }
}
