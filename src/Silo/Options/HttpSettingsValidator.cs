using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Reflux.Silo.Options;

internal sealed class HttpSettingsValidator : IValidateOptions<HttpSettings>
{
    public ValidateOptionsResult Validate(string? name, HttpSettings options)
    {
        var failures = new List<string>();
        if (options.UrlList.Length == 0)
        {
            failures.Add("Http:Urls is empty; name an address, for example http://127.0.0.1:8420.");
        }

        foreach (var url in options.UrlList)
        {
            CheckUrl(url, options.AllowAnonymous, failures);
        }

        Within("MaxBodyBytes", options.MaxBodyBytes, 1024, 1 << 30);
        Within("JobTimeoutSeconds", options.JobTimeoutSeconds, 1, 600);
        Within("BackPressureSeconds", options.BackPressureSeconds, 0.5, 60);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Within(string key, double value, double low, double high)
        {
            if (!(value >= low && value <= high))
            {
                failures.Add(FormattableString.Invariant($"Http:{key} must be {low} to {high}; it is {value}."));
            }
        }
    }

    private static void CheckUrl(string url, bool allowAnonymous, List<string> failures)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            failures.Add($"Http:Urls: '{url}' is no address; write http://host:port.");
            return;
        }

        if (address.Scheme != "http" || address.IsUnixPipe || address.IsNamedPipe || address.PathBase.Length > 0)
        {
            failures.Add($"Http:Urls: '{url}' must be http://host:port without a path (put TLS in front of the gateway).");
        }
        else if (address.Port is < 0 or > IPEndPoint.MaxPort)
        {
            failures.Add($"Http:Urls: '{url}' has no port between 0 and {IPEndPoint.MaxPort}.");
        }
        else if (!IsLoopback(address.Host) && !allowAnonymous)
        {
            failures.Add($"Http:Urls: '{url}' is reachable from other machines and the API has no keys yet; listen on 127.0.0.1, or set Http:AllowAnonymous=true where the network is trusted.");
        }
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
