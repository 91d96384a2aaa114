using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Silo.Definitions;
using Reflux.Silo.Tests.Support;
using Reflux.Streaming;

namespace Reflux.Silo.Tests.Http;

public sealed class PromptTests : IAsyncLifetime
{
    private readonly TestSilo _silo = new("--Http:BackPressureSeconds=1");

    public Task InitializeAsync() => _silo.InitializeAsync();

    public Task DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task Accepted_prompts_are_on_the_log_where_the_answer_says()
    {
        var lane = await _silo.NewLaneAsync("lane");
        var accepted = await _silo.Client.SendPromptsAsync("lane", [new PromptInput("where is my kettle?"), new PromptInput("second", "key-1")]);
        Assert.Equal("memory", accepted.Durability);
        Assert.Equal(SequenceIdentity.PromptId(lane.Id, "key-1"), accepted.Accepted[1].Id);

        var first = await ReadAsync(accepted.Accepted[0].Position);
        Assert.Equal(("where is my kettle?", false, lane.Id, accepted.Accepted[0].Id), (first.Text, first.Keyed, first.LaneId, first.PromptId));
        Assert.Equal(accepted.Accepted[0].Position.Log.Topic, first.LogTopic);
        var second = await ReadAsync(accepted.Accepted[1].Position);
        Assert.Equal(("second", true), (second.Text, second.Keyed));
    }

    [Fact]
    public async Task Where_a_repeated_request_may_leave_two_records_every_prompt_is_a_keyed_one()
    {
        var silo = new TestSilo("--Kafka:Settings:enable.idempotence=false");
        await silo.InitializeAsync();
        try
        {
            await silo.NewLaneAsync("lane");
            var accepted = await silo.Client.SendPromptsAsync("lane", [new PromptInput("without a key")]);
            var prompt = await ReadAsync(silo, accepted.Accepted[0].Position);
            Assert.Equal((true, accepted.Accepted[0].Id), (prompt.Keyed, prompt.PromptId));
        }
        finally
        {
            await silo.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_repeated_key_is_the_same_prompt_on_the_same_partition()
    {
        await _silo.NewLaneAsync("lane");
        var first = (await _silo.Client.SendPromptsAsync("lane", [new PromptInput("a", "k")])).Accepted[0];
        var again = (await _silo.Client.SendPromptsAsync("lane", [new PromptInput("a", "k")])).Accepted[0];
        Assert.Equal(first.Id, again.Id);
        Assert.Equal(first.Position.Log, again.Position.Log);
        Assert.NotEqual(first.Position.Offset, again.Position.Offset);
    }

    [Fact]
    public async Task Prompts_spread_over_the_partitions()
    {
        await _silo.NewLaneAsync("lane");
        var accepted = await _silo.Client.SendPromptsAsync("lane", [.. Enumerable.Range(0, 24).Select(i => new PromptInput($"prompt {i}"))]);
        Assert.Equal(2, accepted.Accepted.Select(a => a.Position.Log.Partition).Distinct().Count());
    }

    [Fact]
    public async Task Unread_prompts_push_back_and_the_answer_says_which_were_accepted()
    {
        await _silo.NewLaneAsync("lane");
        var request = new PromptsRequest([.. Enumerable.Range(0, 300).Select(i => new PromptInput($"prompt {i}", $"key {i}"))]);
        var problem = await Problem.OfAsync(_silo.PostAsync("/v1/lanes/lane/prompts", TestSilo.Json(request)));
        Assert.Equal((HttpStatusCode.TooManyRequests, ErrorCodes.BackPressure), (problem.Status, problem.Code));
        Assert.True(problem.RetryAfter >= TimeSpan.FromSeconds(1));
        using var document = JsonDocument.Parse(problem.Body);
        var accepted = document.RootElement.GetProperty("accepted").EnumerateArray().Select(e => e.GetInt32()).ToList();
        Assert.NotEmpty(accepted);

        // each that the answer names is on the log, and nothing else
        var log = _silo.Services.GetRequiredService<LogConnection>();
        var ends = await Task.WhenAll(Enumerable.Range(0, log.PartitionCount(Topics.Prompts)).Select(p => log.BoundsAsync(Topics.Prompts, p, CancellationToken.None)));
        Assert.Equal(accepted.Count, ends.Sum(e => e.End));
    }

    [Fact]
    public async Task A_prompt_beyond_the_teachers_context_is_refused_by_its_place()
    {
        var model = TestModel.Write(_silo.File("teacher"), maxPositions: 24);
        await _silo.NewLaneAsync("lane");
        var teacher = await _silo.Client.CreateTeacherAsync(new TeacherSpec { Name = "teacher", Lane = "lane", Model = model });
        await KnownAsync(teacher);

        await _silo.Client.SendPromptsAsync("lane", [new PromptInput("short")]);
        var request = new PromptsRequest([new PromptInput("short"), new PromptInput(string.Concat(Enumerable.Repeat("xyz ", 30)))]);
        var problem = await Problem.OfAsync(_silo.PostAsync("/v1/lanes/lane/prompts", TestSilo.Json(request)));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, ErrorCodes.PromptTooLong), (problem.Status, problem.Code));
        Assert.StartsWith("prompts[1]", problem.Detail, StringComparison.Ordinal);
        Assert.Contains("at most 23", problem.Detail);
        Assert.DoesNotContain("xyz", problem.Body);
    }

    private Task<PromptRecord> ReadAsync(Position position) => ReadAsync(_silo, position);

    private static async Task<PromptRecord> ReadAsync(TestSilo silo, Position position)
    {
        var log = silo.Services.GetRequiredService<LogConnection>();
        await using var reader = await LogReader.OpenAsync(log, Topics.Prompts, position.Log.Partition, position, CancellationToken.None);
        return PromptRecord.Decode((await reader.ReadAsync(CancellationToken.None)).Value);
    }

    /// <summary>Waits until the gateway has read a definition back from the log.</summary>
    private async Task KnownAsync(Definition definition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var catalog = _silo.Services.GetRequiredService<IDefinitionCatalog>();
        await foreach (var picture in catalog.WatchAsync(limit.Token))
        {
            if (picture.Contains(definition))
            {
                return;
            }
        }
    }
}
