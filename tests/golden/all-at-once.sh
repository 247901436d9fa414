#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=NonIndexed
#SBATCH --job-name=all-at-once
#SBATCH --array=0-3
#SBATCH --requeue
#SBATCH --open-mode=append
apiVersion: batch/v1
kind: Job
metadata:
  name: all-at-once
spec:
  backoffLimit: 6
  completionMode: NonIndexed
  completions: 4
  manualSelector: false
  parallelism: 8
  podReplacementPolicy: TerminatingOrFailed
  suspend: false
  template:
    metadata: {}
    spec:
      containers:
      - command:
        - sh
        - -c
        - exit 0
        image: busybox:1.36
        imagePullPolicy: IfNotPresent
        name: main
        resources: {}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Never
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
