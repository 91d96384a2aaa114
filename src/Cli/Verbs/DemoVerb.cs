using System.CommandLine;
using System.Globalization;
using Reflux.Cli.Demo;
using Reflux.Cli.Output;
using Reflux.Samples.Helpdesk;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux demo`: the whole loop on this machine.</summary>
internal static class DemoVerb
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        json.Description = "Print the summary as one JSON object, the last line of standard output.";
        var kill = new Option<double?>("--kill-silo-at")
        {
            Description = "kill -9 the silo at this share of the traffic, for example 40%, and start it again.",
            HelpName = "SHARE%",
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value.TrimEnd('%');
                if (double.TryParse(text, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and < 100)
                {
                    return percent / 100;
                }

                result.AddError($"--kill-silo-at: '{result.Tokens[^1].Value}' is not a share between 0% and 100%");
                return null;
            },
        };
        var seconds = new Option<double>("--seconds") { Description = "Seconds of traffic; the bars are meant for the default.", DefaultValueFactory = _ => new DemoOptions { Directory = "", Teacher = "" }.TrafficSeconds };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the traffic and of the student.", DefaultValueFactory = _ => 1 };
        var teacher = new Option<string?>("--teacher") { Description = "Model directory of the teacher; default: the sample teacher." };
        var output = new Option<string>("--out") { Description = "Directory for data, logs and report.html; new, empty, or of an earlier demo, which it replaces.", DefaultValueFactory = _ => Path.Combine("artifacts", "demo") };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 10 and <= 3600))
            {
                result.AddError("--seconds: between 10 and 3600");
            }
        });
        var command = new Command("demo", """
            Run the whole loop on this machine: broker, silo, live traffic with a drift, training, snapshots, a client.

            Examples:
              reflux demo
              reflux demo --json
              reflux demo --kill-silo-at 40%

            Exit codes: 0 every bar reached, 1 not (the summary says which), 130 stopped by Ctrl-C.
            """) { json, kill, seconds, seed, teacher, output };
        command.SetAction((parsed, cancellation) => RunAsync(
            new DemoOptions
            {
                Directory = Path.GetFullPath(parsed.GetRequiredValue(output)),
                Teacher = parsed.GetValue(teacher) is { } named ? Path.GetFullPath(named) : HelpdeskTeacher.Directory,
                TrafficSeconds = parsed.GetValue(seconds),
                Seed = parsed.GetValue(seed),
                KillSiloAt = parsed.GetValue(kill),
            },
            parsed.GetValue(json),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(DemoOptions options, bool json, CancellationToken cancellation)
    {
        var view = LiveView.Create();
        (DemoSummary Summary, DemoReport Report)? result = null;
        await view.RunAsync(async () => result = await new DemoRun(options, view).RunAsync(cancellation));
        var (summary, report) = result!.Value;
        var path = Path.Combine(options.Directory, "report.html");
        await File.WriteAllTextAsync(path, report.ToHtml(), cancellation);
        Console.Out.WriteLine(SummaryText.Of(summary));
        Console.Out.WriteLine($"report: {path}");
        if (json)
        {
            Printer.Json(summary);
        }

        return summary.BarsMissed.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }
}
