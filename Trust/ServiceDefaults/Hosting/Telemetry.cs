using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Yinxin.ServiceDefaults.Hosting;

internal static class Telemetry
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Traces and metrics are always made, so that one trace id runs from browser to seal; they are exported only where a collector is named.</summary>
    public static IServiceCollection AddYinxinTelemetry(this IServiceCollection services, string serviceName)
    {
        var export = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable));
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName))
            .WithTracing(tracing =>
            {
                tracing.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation();
                if (export)
                {
                    tracing.AddOtlpExporter();
                }
            })
            .WithMetrics(metrics =>
            {
                metrics.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation();
                if (export)
                {
                    metrics.AddOtlpExporter();
                }
            });
        return services;
    }
}
