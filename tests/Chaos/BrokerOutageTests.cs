using Reflux.Cli.Demo;
using Reflux.Client;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Http;
using Reflux.Samples.Helpdesk;
using Reflux.Samples.Helpdesk.Lines;
using Reflux.Streaming.Embedded;
using Reflux.Tests.Support;

namespace Reflux.Chaos.Tests;

/// <summary>A broker that is away for ten seconds: a request waits for it and is accepted, and nothing is lost or trained twice.</summary>
[Collection("processes")]
[Trait("Speed", "slow")]
public sealed class BrokerOutageTests : IDisposable
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task A_request_waits_for_a_broker_that_is_stopped_and_continued()
    {
        var options = new DemoOptions { Directory = _directory.File("run"), Teacher = HelpdeskTeacher.Directory };
        await using var processes = await DemoProcesses.StartAsync(options, LiveView.Create(), CancellationToken.None);
        var client = processes.Client();
        var lane = await client.CreateLaneAsync(new LaneSpec { Name = "lane", MaxAnswerTokens = 96 });
        await client.CreateTeacherAsync(new TeacherSpec { Name = "teacher", Lane = "lane", Model = options.Teacher });
        await client.CreateStudentAsync(DemoStudent.Spec("student", "lane", options.Teacher, 1));
        var tail = new LabelTail();
        using var stop = new CancellationTokenSource();
        var following = tail.FollowAsync(processes.Log, lane.Lane!.LabelPartition, stop.Token);
        var accepted = new AcceptedPrompts();
        var traffic = new HelpdeskTraffic(1);

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));

        // it answers for what it did only once it runs, and without a broker it can't begin
        while ((await client.StudentAsync("student")).Progress is null)
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }

        await SendAsync(40);
        Processes.Signal(processes.BrokerId, ProcessSignal.Stop);
        var waiting = SendAsync(40);
        await Task.WhenAny(waiting, Task.Delay(Outage));
        Assert.False(waiting.IsCompleted, "a request was accepted while the broker was away");
        Processes.Signal(processes.BrokerId, ProcessSignal.Continue);
        await waiting;

        EffectLedger.Verdict verdict;
        do
        {
            await timer.WaitForNextTickAsync(patience.Token);
            verdict = await tail.JudgeAsync(accepted, await client.AccountingAsync("student"), processes.Log, lane.Lane.LabelPartition, patience.Token);
        }
        while (verdict.Lost > 0);

        Assert.Equal(80, accepted.Count);
        Assert.Equal(0, verdict.Twice);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);

        async Task SendAsync(int count)
        {
            var prompts = Enumerable.Range(0, count).Select(_ => traffic.Next(ProductLine.Kitchen)).Select(prompt => new PromptInput(prompt.Text, prompt.Key)).ToList();
            foreach (var prompt in (await client.SendPromptsAsync("lane", prompts)).Accepted)
            {
                accepted.Add(prompt.Id, new AcceptedPrompts.Entry(ProductLine.Kitchen, prompt.Position, 0));
            }
        }
    }

    public void Dispose() => _directory.Dispose();
}
