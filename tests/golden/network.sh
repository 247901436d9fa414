#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=Indexed
#SBATCH --job-name=network
#SBATCH --array=0-1%1
#SBATCH --requeue
#SBATCH --open-mode=append
apiVersion: batch/v1
kind: Job
metadata:
  name: network
spec:
  backoffLimit: 6
  completionMode: Indexed
  completions: 2
  manualSelector: false
  parallelism: 1
  podReplacementPolicy: TerminatingOrFailed
  suspend: false
  template:
    metadata: {}
    spec:
      containers:
      - command:
        - "true"
        image: busybox
        imagePullPolicy: Always
        name: main
        resources: {}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsConfig:
        nameservers:
        - 10.9.9.9
      dnsPolicy: None
      hostAliases:
      - hostnames:
        - foo.local
        ip: 10.1.2.3
      hostNetwork: true
      hostname: ignored
      restartPolicy: Never
      schedulerName: default-scheduler
      securityContext: {}
      setHostnameAsFQDN: true
      subdomain: svc
      terminationGracePeriodSeconds: 30
