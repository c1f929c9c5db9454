await Yinxin.License.Server.LicenseServerApp.Build(args).RunAsync();
