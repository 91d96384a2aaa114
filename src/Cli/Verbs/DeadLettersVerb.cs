using System.CommandLine;
using Reflux.Cli.Output;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux deadletters`: what was set aside.</summary>
internal static class DeadLettersVerb
{
    public static Command Create() => new("deadletters", """
        Records and sequences that could not be used: list, show, retry.

        Examples:
          reflux deadletters list
          reflux deadletters show 12 --reveal
          reflux deadletters retry 12
        """) { List(), Show(), Retry() };

    private static Command List()
    {
        var from = new Option<long?>("--from") { Description = "The first to list; default the oldest there is.", HelpName = "OFFSET" };
        var limit = new Option<int>("--limit") { Description = "How many at most, up to 1000.", DefaultValueFactory = _ => 100 };
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("list", "Offset, reason, source and size of each; never any text.") { from, limit, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            var list = await client.DeadLettersAsync(parsed.GetValue(from), parsed.GetValue(limit), cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(list);
                return;
            }

            Printer.Table(
                ["offset", "reason", "kind", "source", "bytes", "retriable"],
                list.Items.Select(letter => (IReadOnlyList<string>)[$"{letter.Offset}", letter.Reason, letter.Kind, $"{letter.Source}", $"{letter.Bytes}", letter.Retriable ? "yes" : "no"]));
            if (list.Next is { } next)
            {
                Console.Out.WriteLine($"more from offset {next} on: --from {next}");
            }
        }));
        return command;
    }

    private static Command Show()
    {
        var offset = Offset();
        var reveal = new Option<bool>("--reveal") { Description = "Also the prompt's text and the original bytes (base64)." };
        var server = CommonOptions.Server();
        var command = new Command("show", "One of them, as JSON; without --reveal no text.") { offset, reveal, server };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
            Printer.Json(await client.DeadLetterAsync(parsed.GetRequiredValue(offset), parsed.GetValue(reveal), cancellation))));
        return command;
    }

    private static Command Retry()
    {
        var offset = Offset();
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var force = new Option<bool>("--force") { Description = "Also where it would end the same way unless the lane's teacher or its students are others by now." };
        var command = new Command("retry", "Send it to its topic once more; what took effect before is dropped as a duplicate.") { offset, force, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            var retried = await client.RetryDeadLetterAsync(parsed.GetRequiredValue(offset), parsed.GetValue(force), cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(retried);
            }
            else
            {
                Console.Out.WriteLine($"sent to {retried.Topic}, {retried.Position}");
            }
        }));
        return command;
    }

    private static Argument<long> Offset() => new("offset") { Description = "As the list shows it." };
}
