using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Cli.Chaos;
using Reflux.Cli.Demo;
using Reflux.Client;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Samples.Helpdesk;
using Reflux.Samples.Helpdesk.Lines;
using Reflux.Streaming;
using Reflux.Streaming.Embedded;
using Reflux.Tests.Support;

namespace Reflux.Chaos.Tests;

/// <summary>A broker that lives on, and a silo of all roles that lives many times on one data directory, under traffic that sends everything until it is accepted.</summary>
internal sealed class FaultyInstallation : IAsyncDisposable
{
    public const string Student = "student";
    private const string Lane = "lane";
    private const string Teacher = "teacher";
    private const int Killed = 128 + 9;

    // of a life that hangs: one that works may take a minute of it on a slow machine
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly byte[] Poison = [1, 2, 3];
    private readonly string _data;
    private readonly Process _broker;
    private readonly LogConnection _log;
    private readonly LogWriter _writer;
    private readonly LabelTail _tail = new();
    private readonly AcceptedPrompts _accepted = new();
    private readonly HelpdeskTraffic _traffic = new(1);
    private readonly CancellationTokenSource _stop = new();
    private List<PromptInput>? _unsent;
    private Task _following = Task.CompletedTask;
    private int? _partition;
    private int _lives;

    private FaultyInstallation(string data, Process broker, LogConnection log)
    {
        (_data, _broker, _log) = (data, broker, log);
        _writer = new LogWriter(log, new CommittedSafePosition(log, (_, _) => [ConsumerGroups.Archive]));
    }

    public static async Task<FaultyInstallation> StartAsync(string data)
    {
        var broker = Processes.Reflux("broker", "--data", data, "--owned");
        await Processes.UntilFileAsync(broker, Path.Combine(data, "broker.json"));
        return new FaultyInstallation(
            data, broker, await LogConnection.OpenAsync(new KafkaOptions(), Beacon.Address(Path.Combine(data, "broker.json")), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None));
    }

    /// <summary>A life of the silo that ends at a fault point.</summary>
    /// <param name="point">Where.</param>
    /// <param name="leaving">It is asked to leave once it has labelled: the point is on the way out.</param>
    public async Task LiveUntilAsync(string point, bool leaving)
    {
        var labelled = await LabelledAsync();
        using var silo = StartSilo($"{point}=kill");
        using var output = new StringWriter();
        var reading = Output(silo, output);
        using var patience = new CancellationTokenSource(Patience);
        while (!silo.HasExited)
        {
            if (patience.IsCancellationRequested)
            {
                silo.Kill();
                Assert.Fail($"{point} was not reached: {output}");
            }

            if (await TryAsync(() => WorkAsync(patience.Token)) && leaving && await LabelledAsync() > labelled)
            {
                await LeaveAsync(silo);
            }
        }

        await silo.WaitForExitAsync();
        await reading;
        Assert.True(silo.ExitCode == Killed, $"at {point} the silo exited {silo.ExitCode}: {output}");
    }

    /// <summary>A life of the silo under faults that pass: it works so many rounds all the same, and leaves in order.</summary>
    public async Task LiveThroughAsync(string plan, int rounds)
    {
        using var silo = StartSilo(plan);
        using var output = new StringWriter();
        var reading = Output(silo, output);
        using var patience = new CancellationTokenSource(Patience);
        while (rounds > 0)
        {
            Assert.False(patience.IsCancellationRequested || silo.HasExited, $"{rounds} rounds are left: {output}");
            rounds -= await TryAsync(() => WorkAsync(patience.Token)) ? 1 : 0;
        }

        await LeaveAsync(silo);
        await reading;
        Assert.True(silo.ExitCode == 0, output.ToString());
    }

    /// <summary>A last life without a fault: until every accepted prompt took effect. Then the silo leaves in order.</summary>
    public async Task FinishAsync()
    {
        using var silo = StartSilo("");
        using var output = new StringWriter();
        var reading = Output(silo, output);
        EffectLedger.Verdict? verdict = null;
        using (var patience = new CancellationTokenSource(Patience))
        {
            while (verdict is not { Lost: 0 })
            {
                Assert.False(patience.IsCancellationRequested || silo.HasExited, $"{verdict}: {output}");
                await TryAsync(async () =>
                {
                    using var http = Http();
                    var client = new RefluxClient(http);
                    await SendAsync(client, patience.Token, more: false);
                    verdict = await _tail.JudgeAsync(_accepted, await client.AccountingAsync(Student, patience.Token), _log, _partition!.Value, patience.Token);
                });
            }
        }

        Assert.Equal(0, verdict.Twice);
        await LeaveAsync(silo);
        await reading;
        Assert.True(silo.ExitCode == 0, output.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _writer.DisposeAsync();
        await _log.DisposeAsync();
        _broker.StandardInput.Close();
        await _broker.WaitForExitAsync();
        _broker.Dispose();
        _stop.Dispose();
    }

    /// <summary>A bit of everything: definitions, prompts, poison, a snapshot.</summary>
    private async Task WorkAsync(CancellationToken cancellation)
    {
        using var http = Http();
        var client = new RefluxClient(http);
        await DefineAsync(client, cancellation);
        await SendAsync(client, cancellation, more: true);
        await _writer.AppendAsync(Topics.Labels, _partition!.Value, Poison, cancellation);
        await client.TakeSnapshotAsync(Student, publish: true, cancellation);
    }

    private async Task DefineAsync(RefluxClient client, CancellationToken cancellation)
    {
        if (_partition is null)
        {
            var teacher = RepositoryRoot.File("samples", "helpdesk", "teacher");
            await OnceAsync(() => client.CreateLaneAsync(new LaneSpec { Name = Lane, MaxAnswerTokens = 16 }, cancellation));
            await OnceAsync(() => client.CreateTeacherAsync(new TeacherSpec { Name = Teacher, Lane = Lane, Model = teacher }, cancellation));
            var shape = new FreshModelSpec { TokenizerFrom = teacher, HiddenSize = 32, Layers = 1, Heads = 2, KeyValueHeads = 1, IntermediateSize = 64, MaxPositions = 256 };
            await OnceAsync(() => client.CreateStudentAsync(
                new StudentSpec
                {
                    Name = Student,
                    Lane = Lane,
                    Base = new BaseModelSpec { Fresh = shape },
                    Training = new TrainingSpec { SequencesPerStep = 6 },
                    Snapshots = new SnapshotSpec { EverySeconds = 3600, MaxAcceptanceDrop = 1 },
                },
                cancellation));
            _partition = (await client.GetDefinitionAsync(DefinitionKind.Lane, Lane, cancellation)).Lane!.LabelPartition;
            _following = FollowAsync(_partition.Value);
        }

        // an entity of each life's own, so that definitions come by in every one
        await OnceAsync(() => client.CreateLaneAsync(new LaneSpec { Name = $"spare-{_lives % 8}" }, cancellation));
    }

    /// <summary>Prompts that were labelled and committed, in all lives: more than at its start says that this life's teacher worker has a share of the partitions.</summary>
    private async Task<long> LabelledAsync()
    {
        var partitions = Enumerable.Range(0, _log.PartitionCount(Topics.Prompts));
        var committed = await Task.WhenAll(partitions.Select(partition => _log.CommittedAsync(ConsumerGroups.Teachers, Topics.Prompts, partition, _stop.Token)));
        return committed.Sum(offset => offset ?? 0);
    }

    /// <summary>Everything on the label log but the poison.</summary>
    private async Task FollowAsync(int partition)
    {
        await using var reader = await LogReader.OpenAsync(_log, Topics.Labels, partition, from: null, _stop.Token);
        while (true)
        {
            var record = await reader.ReadAsync(_stop.Token);
            if (record.Value.Length > Poison.Length)
            {
                _tail.Add(record.Position.Offset, record.Value);
            }
            else
            {
                _tail.Pass(record.Position.Offset);
            }
        }
    }

    /// <summary>The same prompts under the same keys until they are accepted, and only then others.</summary>
    private async Task SendAsync(RefluxClient client, CancellationToken cancellation, bool more)
    {
        if (_unsent is null && !more)
        {
            return;
        }

        _unsent ??= [.. Enumerable.Range(0, 8).Select(_ => _traffic.Next(ProductLine.Kitchen)).Select(prompt => new PromptInput(prompt.Text, prompt.Key))];
        foreach (var prompt in (await client.SendPromptsAsync(Lane, _unsent, cancellation)).Accepted)
        {
            _accepted.Add(prompt.Id, new AcceptedPrompts.Entry(ProductLine.Kitchen, prompt.Position, 0));
        }

        _unsent = null;
    }

    private Process StartSilo(string plan)
    {
        _lives++;
        File.Delete(Path.Combine(_data, "silo.json"));
        return FaultyBuild.Start(
            plan, "silo", "--data", _data, "--port", "0", "--threads", "1", "--owned", "--set", "Archive:SegmentSeconds=1", "--set", "Logging:LogLevel:Default=Warning");
    }

    private static Task LeaveAsync(Process silo)
    {
        Processes.Signal(silo.Id, ProcessSignal.Terminate);
        return silo.WaitForExitAsync();
    }

    private HttpClient Http() => new() { BaseAddress = new Uri(Beacon.Address(Path.Combine(_data, "silo.json")).TrimEnd('/') + "/"), Timeout = TimeSpan.FromMinutes(1) };

    private static async Task OnceAsync(Func<Task> create)
    {
        try
        {
            await create();
        }
        catch (RefluxApiException exists) when (exists.Status == System.Net.HttpStatusCode.Conflict)
        {
            // its answer was lost with an earlier life
        }
    }

    /// <summary>False where it failed because the silo is dead, dying or not yet up, or where patience ended.</summary>
    private static async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception away) when (ChaosTraffic.Passes(away) || away is OperationCanceledException or RefluxApiException { Code: ErrorCodes.StudentNotRunning } or RefluxApiException { Status: >= System.Net.HttpStatusCode.InternalServerError })
        {
            await Task.Delay(50);
            return false;
        }
    }

    private static Task Output(Process process, StringWriter output)
    {
        var text = TextWriter.Synchronized(output);
        return Task.WhenAll(CopyAsync(process.StandardOutput), CopyAsync(process.StandardError));

        async Task CopyAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                await text.WriteLineAsync(line);
            }
        }
    }
}
