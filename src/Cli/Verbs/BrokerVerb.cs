using System.CommandLine;
using Reflux.Cli.Output;
using Reflux.Silo;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux broker`: the embedded broker in the foreground.</summary>
internal static class BrokerVerb
{
    public static Command Create()
    {
        var data = new Option<string?>("--data") { Description = "Directory for broker.json; the data directory of the silo that is to find it (Silo:Data)." };
        var idle = new Option<double?>("--idle-seconds") { Description = "End after so long without a request; default 60 (Kafka:Embedded:IdleSeconds)." };
        var set = SettingOptions.Set();
        var owned = Owner.Option();
        var command = new Command("broker", """
            Run the embedded broker in the foreground: Kafka's protocol on loopback, in memory. A silo without --kafka starts one by itself.

            Examples:
              reflux broker --data ./data
              kcat -b $(sed 's/.*"address": *"\([^"]*\)".*/\1/;t;d' data/broker.json) -L
            """) { data, idle, set, owned };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var stop = Owner.Watch(parsed.GetValue(owned), cancellation);
            var settings = new SettingOptions().Add("Silo:Data", parsed.GetValue(data)).Add("Kafka:Embedded:IdleSeconds", parsed.GetValue(idle)).AddAll(parsed.GetValue(set)!);
            await BrokerHost.RunAsync(settings.ToArguments(), stop.Token);
            return ExitCodes.Done;
        });
        return command;
    }
}
