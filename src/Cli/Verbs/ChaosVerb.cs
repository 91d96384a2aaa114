using System.CommandLine;
using Reflux.Cli.Chaos;
using Reflux.Cli.Output;
using Reflux.Contracts.Errors;
using Reflux.Samples.Helpdesk;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux chaos`: faults while prompts come in, and proof that none is lost or counted twice.</summary>
internal static class ChaosVerb
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        json.Description = "Print the result as one JSON object on standard output.";
        var seconds = new Option<double>("--seconds") { Description = "Seconds of traffic and faults, 60 to 3600; the bars are those of 120, and as many fewer as it is shorter.", DefaultValueFactory = _ => ChaosOptions.FullSeconds };
        var seed = new Option<ulong>("--seed") { Description = "Decides traffic, student and faults.", DefaultValueFactory = _ => 1 };
        var broker = Broker();
        var output = new Option<string?>("--out") { Description = "Directory for data and logs, which must not exist or be empty; default: a new one in artifacts/chaos.", HelpName = "DIR" };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 60 and <= 3600))
            {
                result.AddError("--seconds: between 60 and 3600");
            }
        });
        var command = new Command("chaos", """
            Kill, stop and damage the processes of a whole installation while prompts come in, then prove that every acknowledged prompt took effect once, and that
            the weights are, bit for bit, those of an undisturbed run (docs/chaos.md).

            Examples:
              reflux chaos --seed 7
              reflux chaos --seconds 60 --json
              reflux chaos --broker durable --seed 8

            Exit codes: 0 every bar reached, 1 not (the message says which), 130 stopped by Ctrl-C.
            """) { json, seconds, seed, broker, output };
        command.SetAction((parsed, cancellation) => RunAsync(
            new ChaosOptions
            {
                Directory = Target(parsed.GetValue(output)),
                Teacher = HelpdeskTeacher.Directory,
                Durable = IsDurable(parsed.GetValue(broker)),
                Seconds = parsed.GetValue(seconds),
                Seed = parsed.GetValue(seed),
            },
            parsed.GetValue(json),
            cancellation));
        return command;
    }

    internal static Option<string> Broker()
    {
        var broker = new Option<string>("--broker") { Description = "embedded, the memory broker, or durable, an old Apache Kafka on disk that is killed and started again too (needs Java; ./reflux fetches both).", DefaultValueFactory = _ => ChaosSummary.EmbeddedBroker };
        broker.AcceptOnlyFromAmong(ChaosSummary.EmbeddedBroker, ChaosSummary.DurableBroker);
        return broker;
    }

    internal static bool IsDurable(string? broker) => broker == ChaosSummary.DurableBroker;

    private static async Task<int> RunAsync(ChaosOptions options, bool json, CancellationToken cancellation)
    {
        var (summary, missed) = await new ChaosRun(options, message => Console.Error.WriteLine($"chaos: {message}")).RunAsync(cancellation);
        Printer.JsonOr(json, summary, run => Console.Out.WriteLine(Text(run)));
        Console.Error.WriteLine($"chaos: logs and data are in {options.Directory}");
        return Verdict.Of("chaos", missed);
    }

    private static string Text(ChaosSummary run) => $"""
        seed {run.Seed}, {run.Broker} broker: {run.Kills} kills; {string.Join(", ", run.Faults.Select(fault => $"{fault.Key} {fault.Value}"))}
        {run.Acknowledged} prompts acknowledged = {run.Trained} trained + {run.Holdout} holdout + {run.SampledOut} sampled out + {run.DeadLettered} dead letters + {run.Quarantined} quarantined + {run.Pending} pending
        {run.Lost} lost, {run.TrainedTwice} trained twice; {run.Steps} steps, the state {(run.Identical ? "is" : "IS NOT")} that of an undisturbed replay
        {run.SnapshotsVerified} snapshots verified, {run.SnapshotsTorn} torn
        """;

    private static string Target(string? named)
    {
        var directory = Path.GetFullPath(named ?? Enumerable.Range(1, int.MaxValue).Select(number => Path.Combine("artifacts", "chaos", $"{number}")).First(path => !Directory.Exists(path)));
        return !File.Exists(directory) && (!Directory.Exists(directory) || !Directory.EnumerateFileSystemEntries(directory).Any())
            ? directory
            : throw new RefluxException(ErrorCodes.DirectoryNotOurs, $"{directory} is not empty; it is left as it is", "name another directory with --out, or leave it out");
    }
}
