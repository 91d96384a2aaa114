using System.Diagnostics;
using Reflux.Client;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Samples.Helpdesk;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Cli.Demo;

/// <summary>The whole loop on this machine: processes, definitions, live traffic with a drift, measurements, a pulled snapshot, the verdict.</summary>
internal sealed class DemoRun(DemoOptions options, LiveView view)
{
    private const string Lane = "helpdesk";
    private const string Teacher = "helpdesk-teacher";
    private const string Student = "helpdesk-student";

    private readonly Stopwatch _stopwatch = Stopwatch.StartNew();
    private readonly AcceptedPrompts _accepted = new();
    private readonly TrafficPace _pace = new();
    private readonly LabelTail _tail = new();
    private readonly FreshnessMeter _freshness = new();
    private readonly List<CurvePoint> _curve = [];
    private long _published;
    private double? _driftAt;
    private double? _recoverySeconds;
    private string _phase = "old traffic";

    private double Now => _stopwatch.Elapsed.TotalSeconds;

    /// <summary>Runs to the end. Whatever happens, no child outlives the call.</summary>
    public async Task<(DemoSummary Summary, DemoReport Report)> RunAsync(CancellationToken cancellation)
    {
        await using var processes = await DemoProcesses.StartAsync(options, view, cancellation);
        var client = processes.Client;
        var lane = await client().CreateLaneAsync(new LaneSpec { Name = Lane, HoldoutFraction = options.HoldoutFraction, MaxAnswerTokens = 96 }, cancellation);
        await client().CreateTeacherAsync(new TeacherSpec { Name = Teacher, Lane = Lane, Model = options.Teacher, LicenceVerdict = "own weights: permitted" }, cancellation);
        await client().CreateStudentAsync(DemoStudent.Spec(Student, Lane, options.Teacher, options.Seed), cancellation);
        view.Say("created lane, teacher and student over the HTTP API");

        using var background = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var tail = _tail.FollowAsync(processes.Log, lane.Lane!.LabelPartition, background.Token);
        var observer = ObserveAsync(client, background.Token);
        var baseSnapshot = await WaitAsync(client, status => status.Progress?.BaseSnapshot, cancellation);
        view.Say($"the student is at step 0; its base weights are {baseSnapshot[..12]}");

        var started = Now;
        var frozen = await SendTrafficAsync(processes, cancellation);
        var trafficSeconds = Now - started;
        _phase = "catching up";
        view.Say($"{_accepted.Count} prompts accepted; waiting until the student has consumed them");
        var accounting = await DrainAsync(client, cancellation);
        var final = await client().TakeSnapshotAsync(Student, publish: true, cancellation);
        view.Say(final.Published is { } last ? $"published version {last.Version}, the last" : $"the gate refused the last snapshot: {string.Join("; ", final.Gate.Failures)}");
        await CollectPublicationsAsync(client, cancellation);
        var progress = await WaitAsync(client, status => status.Progress, cancellation);
        var freshness = _freshness.Measure(_accepted, _tail, Now);
        await background.CancelAsync();
        await Task.WhenAll(Quietly(tail), Quietly(observer));

        _phase = "measuring";
        var measured = await MeasureAsync(client, baseSnapshot, frozen, final.Manifest, cancellation);
        var pulled = await new PulledSnapshotCheck(options.Directory, view).RunAsync(client(), Student, cancellation);
        var info = await client().InfoAsync(cancellation);
        var verdict = EffectLedger.Check(_accepted, _tail, accounting);
        var snapshots = await client().SnapshotsAsync(Student, cancellation);
        await processes.StopAsync();

        var summary = new DemoSummary
        {
            Prompts = _accepted.Count,
            LabelRecords = _tail.Records,
            BytesPerToken = Math.Round(_tail.BytesPerToken, 2),
            TrainedTokens = progress.TrainedTokens,
            Steps = progress.Step,
            TokensPerSecond = Math.Round(progress.TrainedTokens / trafficSeconds, 1),
            HeldBackSeconds = Math.Round(_pace.HeldBackSeconds, 1),
            Acceptance = measured.Acceptance,
            AcceptanceUncertain = measured.Uncertain,
            ExactMatch = measured.ExactMatch,
            Holdout = measured.Holdout,
            Snapshots = snapshots,
            Pulled = pulled,
            FreshnessSeconds = freshness,
            Recovered = _recoverySeconds is { } seconds ? new Recovery(verdict.Lost, verdict.Twice, Math.Round(seconds, 2)) : null,
            Seconds = Math.Round(Now, 1),
            Engine = info.Engine,
        };
        summary = summary with
        {
            BarsMissed =
            [
                .. DemoBars.Missed(summary),
                .. verdict is { Lost: 0, Twice: 0 } || summary.Recovered is not null ? (string[])[] : [$"{verdict.Lost} prompts lost, {verdict.Twice} effects too many"],
            ],
        };
        return (summary, new DemoReport(summary, _curve, _driftAt, started));
    }

    private async Task<string> SendTrafficAsync(DemoProcesses processes, CancellationToken cancellation)
    {
        var traffic = new Traffic(() => processes.Client(), Lane, new HelpdeskTraffic(options.Seed), _accepted, _pace, () => Now, options.PromptsPerSecond);
        var half = options.TrafficSeconds / 2;
        var kill = options.KillSiloAt is { } share ? KillAsync(processes, TimeSpan.FromSeconds(options.TrafficSeconds * share), cancellation) : Task.CompletedTask;

        await traffic.SendAsync(ProductLine.Kitchen, half, cancellation);
        if (options.KillSiloAt is <= 0.5)
        {
            await kill;
        }

        // the weights as they are at the first drifted prompt: none of it is in them
        var frozen = await processes.Client().TakeSnapshotAsync(Student, publish: false, cancellation);
        _driftAt = Now;
        _phase = "new traffic";
        view.Say($"drift: weights of step {frozen.Step} frozen aside; from now on prompts of a kind never sent before");
        await traffic.SendAsync(ProductLine.Network, half, cancellation);
        await kill;
        return frozen.Manifest;
    }

    private async Task KillAsync(DemoProcesses processes, TimeSpan after, CancellationToken cancellation)
    {
        await Task.Delay(after, cancellation);
        var before = (await processes.Client().StudentAsync(Student, cancellation)).Epoch;
        long? resumedAt = null;
        view.Say("kill -9 of the silo");
        var clock = Stopwatch.StartNew();
        await processes.RestartSiloAsync(cancellation);
        await WaitAsync(processes.Client, status => status.Epoch > before && status.Progress is { } progress && progress.Step > (resumedAt ??= progress.Step) ? "training" : null, cancellation);
        _recoverySeconds = clock.Elapsed.TotalSeconds;
        view.Say($"the silo is back and training after {_recoverySeconds:0.0} s");
    }

    private async Task<StudentAccounting> DrainAsync(Func<RefluxClient> client, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(TimeSpan.FromSeconds(120));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (true)
        {
            var accounting = await client().AccountingAsync(Student, cancellation);
            var verdict = EffectLedger.Check(_accepted, _tail, accounting);
            if (verdict.Lost == 0 || timeout.IsCancellationRequested)
            {
                return accounting;
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    private async Task<Measured> MeasureAsync(Func<RefluxClient> client, string baseSnapshot, string frozen, string final, CancellationToken cancellation)
    {
        var holdout = await client().HoldoutAsync(Student, cancellation);
        var old = _accepted.OfLine(holdout, ProductLine.Kitchen);
        var drifted = _accepted.OfLine(holdout, ProductLine.Network);
        view.Say($"measuring on {old.Count} old and {drifted.Count} new holdout prompts");

        async Task<EvaluationResult> On(string manifest, List<Id128> prompts, bool exact) =>
            await client().EvaluateAsync(Student, new EvaluationRequest(manifest, prompts, exact), cancellation);

        var start = await On(baseSnapshot, old, exact: true);
        var before = await On(frozen, old, exact: false);
        var after = await On(frozen, drifted, exact: false);
        var end = await On(final, drifted, exact: true);
        var oldEnd = await On(final, old, exact: false);

        DriftCurve Curve(Func<EvaluationResult, double> pick) => new(pick(start), pick(before), pick(after), pick(end), pick(oldEnd));
        return new Measured(
            Curve(result => Math.Round(result.Acceptance.Acceptance, 4)),
            Curve(result => Math.Round(result.Acceptance.AcceptanceUncertain, 4)),
            new StartEnd(Math.Round(start.ExactMatch ?? 0, 4), Math.Round(end.ExactMatch ?? 0, 4)),
            new KindCounts(start.Acceptance.Sequences, end.Acceptance.Sequences));
    }

    private async Task ObserveAsync(Func<RefluxClient> client, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                await CollectPublicationsAsync(client, cancellation);
                if ((await client().StudentAsync(Student, cancellation)).Progress is { } progress)
                {
                    _pace.Report(progress.TrainedSequences + progress.HoldoutSequences + progress.DeadLetters);
                    var figures = new DemoFigures(
                        Now, _phase, _accepted.Count, _tail.Records, _tail.BytesPerToken, progress.Backlog, progress.TrainedTokens, progress.Step, progress.TokensPerSecond, progress.Loss, progress.Acceptance?.Acceptance, _published);
                    view.Show(figures);
                    _curve.Add(new CurvePoint(Now, progress.Step, progress.Loss, progress.Acceptance?.Acceptance, progress.Backlog));
                }
            }
            catch (Exception away) when (away is HttpRequestException or IOException or RefluxApiException { Code: ErrorCodes.Timeout or ErrorCodes.StudentNotRunning })
            {
                // the silo is away between its kill and its restart; the next look finds it again
            }
        }
    }

    private async Task CollectPublicationsAsync(Func<RefluxClient> client, CancellationToken cancellation)
    {
        while (await client().LatestSnapshotAsync(Student, _published, cancellationToken: cancellation) is { } latest)
        {
            foreach (var version in (await client().SnapshotsAsync(Student, cancellation)).Where(version => version.Version > _published && version.Version <= latest.Version))
            {
                var (manifest, _) = await client().ManifestAsync(version, cancellation);
                _freshness.Published(manifest, Now);
                view.Say($"version {version.Version} published at step {version.Step}, holdout α {version.Acceptance:0.000}");
            }

            _published = latest.Version;
        }
    }

    private async Task<T> WaitAsync<T>(Func<RefluxClient> client, Func<StudentStatus, T?> until, CancellationToken cancellation)
        where T : class
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            var status = await client().StudentAsync(Student, cancellation);
            if (status.State == "failed")
            {
                throw new RefluxException(ErrorCodes.StudentNotRunning, $"the student failed: {status.Message}", $"see {Path.Combine(options.Directory, "silo.log")}");
            }

            if (until(status) is { } found)
            {
                return found;
            }
        }

        throw new OperationCanceledException(cancellation);
    }

    // a follower ends by cancellation; anything else it threw must be seen
    private static async Task Quietly(Task follower)
    {
        try
        {
            await follower;
        }
        catch (OperationCanceledException)
        {
        }
    }

    private sealed record Measured(DriftCurve Acceptance, DriftCurve Uncertain, StartEnd ExactMatch, KindCounts Holdout);
}

/// <summary>One point of the report's curves.</summary>
internal sealed record CurvePoint(double Seconds, long Step, double Loss, double? Acceptance, long Backlog);
