namespace Yinxin.Trust.Tests.Paths;

/// <summary>
/// The matrix of BetterTLS: common name, DNS name and address of the end certificate, each absent, allowed or forbidden, under permitted and excluded
/// subtrees of both kinds. The common name never counts, neither for the peer's name nor against constraints.
/// </summary>
internal static class BetterTlsCases
{
    private static readonly string[] Dns = ["", "test.localhost", "bad.example.com"];
    private static readonly string[] Addresses = ["", "127.0.0.1", "1.1.1.1"];

    public static void Add(Cases c)
    {
        var root = c.Make.Root(d => d.Drop(X.AlternativeName));
        var key = c.Make.NewKey();
        var authorities = new Dictionary<(int, int, int, int), Issued>();
        foreach (var (dnsIn, dnsOut, ipIn, ipOut) in Combinations())
        {
            authorities[(dnsIn, dnsOut, ipIn, ipOut)] = c.Make.Intermediate(root, change: d => Constrain(d.Drop(X.AlternativeName), dnsIn, dnsOut, ipIn, ipOut), key: key, name: "local_ica");
        }

        foreach (var (commonName, dns, ip, isCommonAddress) in Combinations().Where(v => v.Item4 < 2))
        {
            var leaf = c.Make.Leaf(authorities[(0, 0, 0, 0)], d => Name(d, (isCommonAddress == 1 ? Addresses : Dns)[commonName], dns, ip));
            foreach (var (constraints, ica) in authorities)
            {
                var fits = Fits(constraints, dns, ip);
                var id = $"{commonName}{isCommonAddress}-{dns}-{ip}-{constraints.Item1}{constraints.Item2}{constraints.Item3}{constraints.Item4}";
                c.Add($"bettertls::nameconstraints::dns-{id}", fits && dns == 1 ? "SUCCESS" : "FAILURE", [root], leaf, [ica], CaseOptions.ForName(Dns[1]));
                c.Add($"bettertls::nameconstraints::ip-{id}", fits && ip == 1 ? "SUCCESS" : "FAILURE", [root], leaf, [ica], CaseOptions.ForName(Addresses[1]));
            }
        }
    }

    private static IEnumerable<(int, int, int, int)> Combinations() =>
        from a in Enumerable.Range(0, 3) from b in Enumerable.Range(0, 3) from c in Enumerable.Range(0, 3) from d in Enumerable.Range(0, 3) select (a, b, c, d);

    private static bool Fits((int DnsIn, int DnsOut, int IpIn, int IpOut) constraints, int dns, int ip) =>
        (dns == 0 || ((constraints.DnsIn == 0 || constraints.DnsIn == dns) && constraints.DnsOut != dns))
        && (ip == 0 || ((constraints.IpIn == 0 || constraints.IpIn == ip) && constraints.IpOut != ip));

    private static void Constrain(Draft d, int dnsIn, int dnsOut, int ipIn, int ipOut)
    {
        byte[] Tree(int value) => Der.Dns(value == 1 ? "localhost" : "example.com");
        byte[] Range(int value) => Der.Range(value == 1 ? "127.0.0.0" : "1.1.1.0", "255.255.255.0");
        byte[][] permitted = [.. dnsIn == 0 ? [] : new[] { Tree(dnsIn) }, .. ipIn == 0 ? [] : new[] { Range(ipIn) }];
        byte[][] excluded = [.. dnsOut == 0 ? [] : new[] { Tree(dnsOut) }, .. ipOut == 0 ? [] : new[] { Range(ipOut) }];
        if (permitted.Length + excluded.Length > 0)
        {
            d.Constraints(permitted.Length > 0 ? permitted : null, excluded.Length > 0 ? excluded : null);
        }
    }

    private static void Name(Draft d, string commonName, int dns, int ip)
    {
        var organisation = ("2.5.4.10", "Example", System.Formats.Asn1.UniversalTagNumber.UTF8String);
        d.Subject = commonName.Length == 0 ? Der.Names(organisation) : Der.Names(organisation, ("2.5.4.3", commonName, System.Formats.Asn1.UniversalTagNumber.UTF8String));
        byte[][] names = [.. dns == 0 ? [] : new[] { Der.Dns(Dns[dns]) }, .. ip == 0 ? [] : new[] { Der.Ip(Addresses[ip]) }];
        if (names.Length == 0)
        {
            d.Drop(X.AlternativeName);
        }
        else
        {
            d.Names(names);
        }
    }
}
