using System.CommandLine;
using Reflux.Cli.Output;
using Reflux.Silo;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux silo`: a silo in the foreground.</summary>
internal static class SiloVerb
{
    public static Command Create()
    {
        var data = new Option<string?>("--data") { Description = "The silo's own directory (Silo:Data)." };
        var roles = new Option<string?>("--roles") { Description = "gateway, teacher, student, separated by commas; default all (Silo:Roles)." };
        var name = new Option<string?>("--name") { Description = "The silo's name, stable over restarts (Silo:Name)." };
        var port = new Option<int?>("--port") { Description = "HTTP port on loopback, 0 for a free one; default 8420 (Http:Urls)." };
        var urls = new Option<string?>("--urls") { Description = "Where to listen instead, as http://host:port, separated by semicolons (Http:Urls)." };
        var kafka = new Option<string?>("--kafka") { Description = "Bootstrap servers; default: the embedded broker (Kafka:BootstrapServers)." };
        var threads = new Option<int?>("--threads") { Description = "Compute threads (Compute:Threads)." };
        var device = new Option<string?>("--device") { Description = "cpu, cuda or cuda:n (Compute:Device)." };
        var set = SettingOptions.Set();
        var owned = Owner.Option();
        var command = new Command("silo", """
            Run a silo in the foreground: HTTP gateway, teacher workers, student trainers. Ctrl-C ends it in order.

            Settings come from appsettings.json in the working directory, then REFLUX__Section__Key in the environment, then these options.

            Examples:
              reflux silo --data ./data
              reflux silo --data ./data --roles teacher --kafka broker1:9092,broker2:9092
              reflux silo --data ./data --set Kafka:Settings:security.protocol=ssl
            """) { data, roles, name, port, urls, kafka, threads, device, set, owned };
        command.Validators.Add(result =>
        {
            if (result.GetValue(port) is not null && result.GetValue(urls) is not null)
            {
                result.AddError("name either --port or --urls");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = new SettingOptions()
                .Add("Silo:Data", parsed.GetValue(data))
                .Add("Silo:Roles", parsed.GetValue(roles))
                .Add("Silo:Name", parsed.GetValue(name))
                .Add("Http:Urls", parsed.GetValue(port) is { } number ? $"http://127.0.0.1:{number}" : null)
                .Add("Http:Urls", parsed.GetValue(urls))
                .Add("Kafka:BootstrapServers", parsed.GetValue(kafka))
                .Add("Compute:Threads", parsed.GetValue(threads))
                .Add("Compute:Device", parsed.GetValue(device))
                .AddAll(parsed.GetValue(set)!);
            using var stop = Owner.Watch(parsed.GetValue(owned), cancellation);
            await SiloHost.RunAsync(settings.ToArguments(), stop.Token);
            return ExitCodes.Done;
        });
        return command;
    }
}
