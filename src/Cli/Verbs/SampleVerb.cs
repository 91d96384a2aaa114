using System.CommandLine;
using Reflux.Cli.Output;
using Reflux.Contracts.Http;
using Reflux.Samples.Helpdesk;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux sample`: traffic to try things with.</summary>
internal static class SampleVerb
{
    public static Command Create() => new("sample", """
        Traffic to try things with, from the helpdesk sample.

        Examples:
          reflux sample prompts --count 400 > prompts.jsonl
          reflux sample prompts --line network | reflux prompts send support
        """) { Prompts() };

    private static Command Prompts()
    {
        var count = new Option<int>("--count") { Description = "How many.", DefaultValueFactory = _ => 400 };
        var line = new Option<ProductLine>("--line") { Description = "kitchen, or network, which the demo's traffic drifts to.", DefaultValueFactory = _ => ProductLine.Kitchen };
        var seed = new Option<ulong>("--seed") { Description = "The same seed gives the same prompts with the same keys.", DefaultValueFactory = _ => 1 };
        var command = new Command("prompts", "Write support messages as JSONL, for `reflux prompts send`; no two are equal.") { count, line, seed };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is not (>= 1 and <= 1_000_000))
            {
                result.AddError("--count: between 1 and 1000000");
            }
        });
        command.SetAction((parsed, cancellation) =>
        {
            var traffic = new HelpdeskTraffic(parsed.GetValue(seed));
            while (traffic.Count < parsed.GetValue(count) && !cancellation.IsCancellationRequested)
            {
                var prompt = traffic.Next(parsed.GetValue(line));
                Printer.Json(new PromptInput(prompt.Text, prompt.Key));
            }

            return Task.FromResult(cancellation.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Done);
        });
        return command;
    }
}
