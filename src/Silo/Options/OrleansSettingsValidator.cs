using System.Net;
using Microsoft.Extensions.Options;

namespace Reflux.Silo.Options;

internal sealed class OrleansSettingsValidator : IValidateOptions<OrleansSettings>
{
    public ValidateOptionsResult Validate(string? name, OrleansSettings options)
    {
        var failures = new List<string>();
        if (!options.UsesAdoNet && !options.Clustering.Equals("Localhost", StringComparison.OrdinalIgnoreCase))
        {
            failures.Add($"Orleans:Clustering must be Localhost or AdoNet; it is '{options.Clustering}'.");
        }

        if (options.UsesAdoNet && string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            failures.Add("Orleans:ConnectionString is missing; Orleans:Clustering=AdoNet needs the database's.");
        }

        if (options.UsesAdoNet && string.IsNullOrWhiteSpace(options.Invariant))
        {
            failures.Add("Orleans:Invariant is empty; name the ADO.NET provider, for example Npgsql.");
        }

        if (string.IsNullOrWhiteSpace(options.ClusterId) || string.IsNullOrWhiteSpace(options.ServiceId))
        {
            failures.Add("Orleans:ClusterId and Orleans:ServiceId must not be empty.");
        }

        if (options.SiloPort is < 0 or > 65_535 || options.GatewayPort is < 0 or > 65_535)
        {
            failures.Add($"Orleans:SiloPort and Orleans:GatewayPort must be 0 to 65535; they are {options.SiloPort} and {options.GatewayPort}.");
        }

        if (options.AdvertisedIp.Length > 0 && !IPAddress.TryParse(options.AdvertisedIp, out _))
        {
            failures.Add($"Orleans:AdvertisedIp must be an IP address; it is '{options.AdvertisedIp}'.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
